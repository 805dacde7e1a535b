//! More than there is room for, and requests that no client would send: memory stays bounded, and
//! what is authentic is never refused for it.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::{Answer, eftpay, eventually, get, paycools, post, read_to_end, send_raw};
use crate::process::{PROGRAM, Program, usual};
use crate::receiver::{Receiver, Setup};

const PATIENCE: Duration = Duration::from_secs(60);

/// The head of a request to the usual PayCools account, with more lines.
fn head(more: &str) -> String {
    format!("POST /notify/paycools/ph HTTP/1.1\r\nhost: x\r\n{more}\r\n")
}

fn request(body: &str) -> String {
    format!("{}{body}", head(&format!("content-length: {}\r\n", body.len())))
}

/// A body that announces `size` bytes and lacks one.
fn unfinished(size: usize) -> String {
    format!("{}{}", head(&format!("content-length: {size}\r\n")), " ".repeat(size - 1))
}

/// Many connections at once need as many files.
fn raise_open_files() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
}

async fn connect(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut connections = Vec::new();
    for _ in 0..count {
        connections.push(TcpStream::connect(address).await.unwrap());
    }
    connections
}

/// Waits for one answer on a connection that stays open; empty when it ends before.
async fn one_answer(stream: &mut TcpStream) -> String {
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let length = || text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok();
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if read == 0 || body.is_some_and(|found| length().is_none_or(|all: usize| found >= all)) {
            return text;
        }
    }
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    matches!(timeout(PATIENCE, stream.read(&mut byte)).await, Ok(Ok(0) | Err(_)))
}

/// The value of a series, 0 where there is none.
async fn metric(operator: SocketAddr, series: &str) -> f64 {
    let text = get(&format!("http://{operator}/metrics")).await.body;
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.map_or(0.0, |value| value.trim().parse().unwrap())
}

/// Memory of the program, in KiB: `VmRSS` now, `VmHWM` at its highest.
fn memory(program: &Program, what: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", id(program))).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap()
}

fn id(program: &Program) -> u32 {
    program.child.id().unwrap()
}

async fn deliver(public: SocketAddr, refund: &str) -> Answer {
    post(&format!("http://{public}/notify/paycools/ph"), &[], paycools(refund, &[])).await
}

#[tokio::test]
async fn two_thousand_idle_connections_cost_little_and_other_traffic_goes_on() {
    raise_open_files();
    let (configuration, _) = usual().await;
    let program = Program::start(&configuration);
    let (public, operator) = program.addresses().await;
    assert!(deliver(public, "R0").await.is_success());
    let before = memory(&program, "VmRSS");
    let idle = connect(public, 1000).await;
    let mut half = connect(public, 1000).await;
    for stream in &mut half {
        stream.write_all(&[head("x: ").as_bytes(), &[b'x'; 8000]].concat()).await.unwrap();
    }
    let open = r#"refund_inbox_connections{listener="public"}"#;
    eventually("the connections", async || metric(operator, open).await >= 2000.0).await;
    for number in 1..=20 {
        assert!(deliver(public, &format!("R{number}")).await.is_success());
    }
    let grown = memory(&program, "VmHWM") - before;
    println!("2,000 connections, half of them with half a head: {grown} KiB");
    assert!(grown < 2000 * 40, "{grown} KiB");
    drop((idle, half));
    eventually("their end", async || metric(operator, open).await < 10.0).await;
}

#[tokio::test]
async fn at_the_limit_the_connection_that_has_gone_longest_without_a_whole_request_makes_room() {
    let limits = "[recording]\ndeadline_ms = 60000\n[http]\nmax_connections = 20";
    let receiver = Setup::usual().await.with(limits).start();
    let held = receiver.database.hold_commits().await;
    let mut in_hand = send_raw(receiver.public(), request(&paycools("R1", &[])).as_bytes()).await;
    receiver.database.until_a_commit_is_held().await;
    // Heads that do not end, bodies that do not end, and nothing at all.
    let began = Instant::now();
    let mut hoarders = Vec::new();
    for number in 0..60 {
        let beginning = [head("x: "), unfinished(1000), String::new()][number % 3].clone();
        hoarders.push(send_raw(receiver.public(), beginning.as_bytes()).await);
    }
    for stream in &mut hoarders[..40] {
        assert!(is_closed(stream).await);
    }
    assert!(began.elapsed() >= Duration::from_secs(1), "each has a second to be read");
    held.release().await;
    assert!(one_answer(&mut in_hand).await.starts_with("HTTP/1.1 200 "));
    // What was answered last is the youngest of all, and each delivery finds room.
    for number in 2..30 {
        let answer = receiver.post("paycools/ph", &paycools(&format!("R{number}"), &[])).await;
        assert!(answer.is_success(), "{answer:?}");
    }
    let metrics = get(&receiver.operator("/metrics")).await.body;
    let none = r#"refund_inbox_connections_shed_total{reason="limit"} 0"#;
    assert!(!metrics.contains(&format!("{none}\n")), "{metrics}");
}

#[tokio::test]
async fn who_goes_away_keeps_their_place_until_their_delivery_is_finished() {
    let limits = "[recording]\ndeadline_ms = 60000\n[http]\nmax_connections = 2";
    let receiver = Setup::usual().await.with(limits).start();
    let held = receiver.database.hold_commits().await;
    for number in 0..2 {
        let request = request(&paycools(&format!("R{number}"), &[]));
        let sender = send_raw(receiver.public(), request.as_bytes()).await;
        receiver.database.until_a_commit_is_held().await;
        drop(sender);
    }
    let mut next = send_raw(receiver.public(), head("").replace("/ph", "/x").as_bytes()).await;
    let early = timeout(Duration::from_millis(500), one_answer(&mut next)).await;
    assert!(early.is_err(), "{early:?}");
    held.release().await;
    assert!(one_answer(&mut next).await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn hazard_30_slow_heads_idle_connections_and_slow_bodies_end_and_other_traffic_goes_on() {
    let limits = "[http]\nheader_timeout_seconds = 1\nbody_timeout_seconds = 1";
    let receiver = Setup::usual().await.with(limits).start();
    let public = receiver.public();
    let body = paycools("R1", &[]);
    let silent = TcpStream::connect(public).await.unwrap();
    let mut answered = send_raw(public, request(&body).as_bytes()).await;
    assert!(one_answer(&mut answered).await.starts_with("HTTP/1.1 200 "));
    let slow_body = send_raw(public, unfinished(1000).as_bytes()).await;
    let drip = |beginning: String| async move {
        let mut stream = send_raw(public, beginning.as_bytes()).await;
        let mut byte = [0];
        // A byte now and then buys no time.
        loop {
            match timeout(Duration::from_millis(50), stream.read(&mut byte)).await {
                Ok(Ok(0) | Err(_)) => return String::new(),
                Ok(Ok(_)) => {
                    return format!("{}{}", char::from(byte[0]), one_answer(&mut stream).await);
                }
                Err(_) => _ = stream.write_all(b"x").await,
            }
        }
    };
    let slow = async {
        assert_eq!(read_to_end(silent).await, "");
        assert_eq!(read_to_end(answered).await, "");
        assert!(read_to_end(slow_body).await.starts_with("HTTP/1.1 408 "));
        assert_eq!(drip(head("x: ").trim_end().to_owned()).await, "");
        let dripped = drip(head("content-length: 1000\r\n")).await;
        assert!(dripped.starts_with("HTTP/1.1 408 "), "{dripped}");
    };
    let other = async {
        for _ in 0..20 {
            assert!(receiver.post("paycools/ph", &body).await.is_success());
        }
    };
    timeout(PATIENCE, async { tokio::join!(slow, other) }).await.unwrap();
}

#[tokio::test]
async fn hazard_20_bodies_that_do_not_end_never_cost_an_authentic_delivery() {
    let limits = "[http]\nmax_body_bytes = 65536\nmax_bytes_in_hand = 131072";
    let receiver = Setup::usual().await.with(limits).start();
    let authentic = |refund: String, padding: usize| {
        let receiver = &receiver;
        async move {
            let body = format!("{}{}", paycools(&refund, &[]), " ".repeat(padding));
            let answer = receiver.post("paycools/ph", &body).await;
            assert!(answer.is_success(), "{refund} {answer:?}");
        }
    };
    let mut hoarders = Vec::new();
    for round in 0..3 {
        // Both halves are full several times over.
        for size in [32_768, 32_768, 32_768, 65_536, 65_536] {
            let beginning = unfinished(size);
            hoarders.push(send_raw(receiver.public(), beginning.as_bytes()).await);
            let chunk = format!("{:x}\r\n{}\r\n", size - 1, " ".repeat(size - 1));
            let chunked = head("transfer-encoding: chunked\r\n") + &chunk;
            hoarders.push(send_raw(receiver.public(), chunked.as_bytes()).await);
        }
        authentic(format!("usual-{round}"), 0).await;
        authentic(format!("middle-{round}"), 20_000).await;
        authentic(format!("large-{round}"), 40_000).await;
    }
    // Those who made room were told to send again, in the provider's words.
    let told = read_to_end(hoarders.remove(0)).await;
    assert!(
        told.starts_with("HTTP/1.1 503 ") && told.contains("temporarily unavailable"),
        "{told}"
    );
    let metrics = get(&receiver.operator("/metrics")).await.body;
    assert!(metrics.contains(r#"refund_inbox_requests_rejected_total{reason="made_room"}"#));
}

/// Clients that send a forged request, and the next as soon as it is answered.
struct Flood {
    clients: JoinSet<()>,
    refused: Arc<AtomicUsize>,
}

impl Flood {
    fn begin(address: SocketAddr, requests: Vec<String>) -> Self {
        let refused = Arc::<AtomicUsize>::default();
        let mut clients = JoinSet::new();
        for request in requests {
            let refused = Arc::clone(&refused);
            clients.spawn(async move {
                loop {
                    let Ok(mut stream) = TcpStream::connect(address).await else { continue };
                    while stream.write_all(request.as_bytes()).await.is_ok()
                        && one_answer(&mut stream).await.starts_with("HTTP/1.1 401 ")
                    {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        Self { clients, refused }
    }

    fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Ends it; says how many were refused.
    async fn end(mut self) -> usize {
        self.clients.shutdown().await;
        self.refused()
    }
}

/// A forged delivery of about this size, as costly to read as it can be.
fn forged(size: usize) -> String {
    let mut body = paycools("R1", &[]).replace("10000", "99999");
    body.pop();
    for number in 0_usize.. {
        if body.len() >= size {
            break;
        }
        body.push_str(&format!(",\"{:x}\":1", number * 7919 % 1_000_003));
    }
    format!("{body}}}")
}

#[tokio::test]
async fn hazard_20_a_flood_of_forgeries_never_causes_a_refusal_of_what_is_authentic() {
    raise_open_files();
    let (configuration, database) = usual().await;
    // A commit of which each step stood behind the flood would take longer.
    let program = Program::start(&format!("{configuration}\n[recording]\ndeadline_ms = 1000\n"));
    let (public, operator) = program.addresses().await;
    let flood = Flood::begin(public, vec![request(&forged(0)); 1500]);
    eventually("the flood", async || flood.refused() > 1500).await;
    for number in 0..10 {
        let answer = deliver(public, &format!("R{number}")).await;
        assert!(answer.is_success(), "{number}: {answer:?}");
        // Nor does it look dead to those who would take its place in the load balancer away.
        assert_eq!(get(&format!("http://{operator}/readyz")).await.status, 200);
    }
    let refused = flood.end().await;
    assert_eq!(database.count("refunds_v1.refunds").await, 10);

    // The log is no way to fill the disk, and the metrics miss nothing.
    let lines = program.said();
    let written = lines.iter().filter(|line| line.contains("delivery refused")).count();
    println!("{refused} forgeries answered, {written} of them in the log");
    assert!(written < refused / 10, "{written} of {refused}");
    let counted = r#"refund_inbox_deliveries_total{provider="paycools",account="ph",verdict="refused",reason="signature_mismatch"}"#;
    assert!(metric(operator, counted).await >= refused as f64);
}

#[tokio::test]
async fn hazard_20_a_flood_of_large_forgeries_and_unfinished_ones_costs_nobody_else_anything() {
    let (configuration, database) = usual().await;
    let limits = "max_connections = 400\nmax_bytes_in_hand = 1048576\n";
    let program = Program::start(&format!("{limits}{configuration}"));
    let (public, operator) = program.addresses().await;
    // More than there is room for, in bytes and in connections.
    let kinds =
        [request(&forged(30_000)), request(&forged(250_000)), unfinished(30_000), head("x: ")];
    let flood = Flood::begin(public, kinds.iter().cycle().take(600).cloned().collect());
    eventually("the flood", async || flood.refused() > 20).await;
    for number in 0..15 {
        let answer = deliver(public, &format!("R{number}")).await;
        assert!(answer.is_success(), "{number}: {answer:?}");
        assert_eq!(get(&format!("http://{operator}/readyz")).await.status, 200);
    }
    flood.end().await;
    assert_eq!(database.count("refunds_v1.refunds").await, 15);
    println!("highest memory: {} KiB", memory(&program, "VmHWM"));
    assert!(memory(&program, "VmHWM") < 100_000);
}

#[tokio::test]
async fn a_thousand_slow_bodies_hold_no_more_memory_than_is_set() {
    let (configuration, _) = usual().await;
    let program = Program::start(&format!("max_bytes_in_hand = 16777216\n{configuration}"));
    let (public, operator) = program.addresses().await;
    assert!(deliver(public, "R0").await.is_success());
    let before = memory(&program, "VmRSS");
    // A quarter of a gigabyte is offered, partly in chunks of one byte.
    let mut senders = JoinSet::new();
    for number in 0..1000 {
        let beginning = match number % 10 {
            0 => head("transfer-encoding: chunked\r\n") + &"1\r\n \r\n".repeat(20_000),
            _ => unfinished(262_144),
        };
        senders.spawn(async move {
            let mut stream = TcpStream::connect(public).await.unwrap();
            let _ = timeout(Duration::from_secs(5), stream.write_all(beginning.as_bytes())).await;
            stream
        });
    }
    for number in 1..=20 {
        assert!(deliver(public, &format!("R{number}")).await.is_success());
    }
    let connections = senders.join_all().await;
    assert!(deliver(public, "R21").await.is_success());
    let made_room = r#"refund_inbox_requests_rejected_total{reason="made_room"}"#;
    assert!(metric(operator, made_room).await > 0.0);
    let grown = memory(&program, "VmHWM") - before;
    println!("{} slow bodies: {grown} KiB", connections.len());
    assert!(grown < 16 * 1024 + 1000 * 48, "{grown} KiB");
}

#[tokio::test]
async fn lying_lengths_are_refused_or_cut_and_never_smuggle_a_request() {
    let receiver = Setup::usual().await.with("[http]\nbody_timeout_seconds = 1").start();
    let body = paycools("R1", &[]);
    let smuggled = request(&paycools("R2", &[]));
    let length = body.len();
    let lines = |lines: &str, rest: &str| format!("{}{rest}", head(lines));
    let chunked = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
    let cases = [
        ("longer than sent", lines(&format!("content-length: {}\r\n", length + 1), &body), "408"),
        ("shorter than sent", lines(&format!("content-length: {}\r\n", length - 1), &body), "401"),
        ("no number", lines("content-length: many\r\n", &body), "400"),
        ("negative", lines("content-length: -1\r\n", &body), "400"),
        ("with a sign", lines(&format!("content-length: +{length}\r\n"), &body), "400"),
        ("beyond all numbers", lines("content-length: 99999999999999999999\r\n", &body), "400"),
        ("huge", lines("content-length: 99999999999999\r\n", &body), "413"),
        (
            "two that differ",
            lines(&format!("content-length: {length}\r\ncontent-length: 5\r\n"), &body),
            "400",
        ),
        ("a list", lines(&format!("content-length: {length}, 5\r\n"), &body), "400"),
        ("another encoding", lines("transfer-encoding: gzip\r\n", &body), "400"),
        ("chunked and not last", lines("transfer-encoding: chunked, gzip\r\n", &chunked), "400"),
        (
            "a chunk's size that is none",
            lines("transfer-encoding: chunked\r\n", &format!("zz\r\n{body}")),
            "400",
        ),
        (
            "a chunk's size beyond all numbers",
            lines("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\nx"),
            "400",
        ),
        ("a huge chunk", lines("transfer-encoding: chunked\r\n", "7fffffff\r\nx"), "408"),
        (
            "a chunk that goes on after its size",
            lines("transfer-encoding: chunked\r\n", &format!("5\r\n{body}\r\n0\r\n\r\n")),
            "400",
        ),
        (
            "chunked by HTTP/1.0",
            lines("transfer-encoding: chunked\r\n", &chunked).replace("HTTP/1.1", "HTTP/1.0"),
            "400",
        ),
        // The chunks count, and what follows is nobody's request.
        (
            "both, length first",
            lines(
                &format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
                &format!("{chunked}{smuggled}"),
            ),
            "200",
        ),
        (
            "both, length last",
            lines(
                "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
                &format!("{chunked}{smuggled}"),
            ),
            "200",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, request, expected) in cases {
        let stream = send_raw(receiver.public(), request.as_bytes()).await;
        let answers = timeout(PATIENCE, read_to_end(stream)).await.unwrap();
        if !answers.starts_with(&format!("HTTP/1.1 {expected} "))
            && !answers.starts_with(&format!("HTTP/1.0 {expected} "))
        {
            wrong.push(format!("{name}: {}", answers.lines().next().unwrap_or_default()));
        }
        if expected == "200" && answers.matches("HTTP/1.1 ").count() > 1 {
            wrong.push(format!("{name}: more than one answer"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 1);
    assert!(receiver.post("paycools/ph", &body).await.is_success());
}

#[tokio::test]
async fn a_flood_of_headers_and_a_giant_one_are_refused_at_their_limit() {
    let receiver = Setup::usual().await.start();
    let many: String = (0..5000).map(|number| format!("x-{number}: y\r\n")).collect();
    let giant = |size: usize| format!("x: {}\r\n", "y".repeat(size));
    let long_path = head("").replace("paycools/ph", &"p".repeat(15_000));
    for (request, expected) in [
        (head(&many), "431"),
        (head(&giant(20_000)), "431"),
        (head(&giant(1_000_000)), "431"),
        (head(&(0..150).map(|_| "x: y\r\n").collect::<String>()), "431"),
        (long_path, "404"),
    ] {
        let request = format!("{}connection: close\r\n\r\n", request.trim_end_matches("\r\n"));
        let mut stream = TcpStream::connect(receiver.public()).await.unwrap();
        // It may be answered and closed before everything is sent.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = timeout(PATIENCE, read_to_end(stream)).await.unwrap();
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.contains(expected) || (line.is_empty() && expected == "431"), "{line}");
    }
    let usual = giant(12_000);
    let body = paycools("R1", &[]);
    let request = format!("{}{body}", head(&format!("{usual}content-length: {}\r\n", body.len())));
    let mut stream = send_raw(receiver.public(), request.as_bytes()).await;
    assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_and_other_traffic_goes_on() {
    let receiver = Setup::usual().await.start();
    let genuine = request(&paycools("R1", &[]));
    let forged = request(&paycools("R1", &[]).replace("10000", "99999"));
    let mut both = format!("{genuine}{forged}").repeat(200);
    both.push_str(&head("connection: close\r\n").replace("/ph", "/nobody"));
    let (mut reading, mut writing) =
        TcpStream::connect(receiver.public()).await.unwrap().into_split();
    let send = async move {
        writing.write_all(both.as_bytes()).await.unwrap();
        writing
    };
    let read = async {
        let mut answers = String::new();
        reading.read_to_string(&mut answers).await.unwrap();
        answers
    };
    let other = async {
        for number in 0..20 {
            let body = eftpay(&format!("E{number}"), &[]);
            assert!(receiver.post("eftpay/hk", &body).await.is_success());
        }
    };
    let (_writing, answers, ()) = tokio::join!(send, read, other);
    let statuses: Vec<&str> =
        answers.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)?.get(..3)).collect();
    assert_eq!(statuses.len(), 401);
    for pair in statuses[..400].chunks(2) {
        assert_eq!(pair, ["200", "401"]);
    }
}

#[tokio::test]
async fn a_client_that_takes_no_answers_is_closed() {
    let (configuration, _) = usual().await;
    let limits = "header_timeout_seconds = 1\nbody_timeout_seconds = 1\n";
    let program = Program::start(&format!("{limits}{configuration}"));
    let (public, operator) = program.addresses().await;
    let mut stream = TcpStream::connect(public).await.unwrap();
    let requests = request("{}").repeat(1000);
    // Requests go in until their answers fill everything on the way back.
    while let Ok(written) =
        timeout(Duration::from_secs(2), stream.write_all(requests.as_bytes())).await
    {
        written.unwrap();
    }
    let shed = r#"refund_inbox_connections_shed_total{reason="overdue"}"#;
    eventually("its end", async || metric(operator, shed).await >= 1.0).await;
    assert!(deliver(public, "R1").await.is_success());
    println!("highest memory: {} KiB", memory(&program, "VmHWM"));
}

/// Sets the soft limit of open files of a running program.
fn limit_open_files(program: &Program, files: usize) {
    let mut command = Command::new("prlimit");
    command.args([format!("--pid={}", id(program)), format!("--nofile={files}:")]);
    assert!(command.status().expect("prlimit, of util-linux").success());
}

fn open_files(program: &Program) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", id(program))).unwrap().count()
}

/// Time on processors so far, in hundredths of a second.
fn processor_time(program: &Program) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", id(program))).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test]
async fn without_files_connections_wait_and_nothing_spins_or_ends() {
    let (configuration, database) = usual().await;
    let program = Program::start(&configuration);
    let (public, operator) = program.addresses().await;
    // A connection to the database is there from now on.
    assert!(deliver(public, "R1").await.is_success());
    let connections = r#"refund_inbox_connections{listener="public"}"#;
    eventually("a quiet service", async || metric(operator, connections).await == 0.0).await;

    limit_open_files(&program, open_files(&program) + 3);
    let mut idle = connect(public, 10).await;
    assert!(deliver(public, "R2").await.is_success(), "the oldest idle ones make room");
    assert!(is_closed(&mut idle[0]).await);
    drop(idle);

    limit_open_files(&program, 3);
    let mut waiting = send_raw(public, request(&paycools("R3", &[])).as_bytes()).await;
    program.says("no connection can be accepted").await;
    let before = processor_time(&program);
    let early = timeout(Duration::from_secs(1), one_answer(&mut waiting)).await;
    assert!(early.is_err(), "{early:?}");
    let spent = processor_time(&program) - before;
    assert!(spent < 30, "{spent} hundredths of a second in one second");
    limit_open_files(&program, 1000);
    assert!(one_answer(&mut waiting).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(database.count("refunds_v1.refunds").await, 3);
    let lines = program.said();
    let said = lines.iter().filter(|line| line.contains("no connection can be accepted")).count();
    assert!(said <= 40, "{said} lines");
}

#[tokio::test]
async fn with_few_open_files_fewer_connections_are_served_and_it_says_so() {
    let (configuration, _) = usual().await;
    let directory = tempfile::tempdir().unwrap();
    let http = "[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n";
    std::fs::write(directory.path().join("inbox.toml"), http.to_owned() + &configuration).unwrap();
    let serve = format!("ulimit -n 300; exec '{PROGRAM}' --config inbox.toml serve");
    let mut child = tokio::process::Command::new("sh")
        .args(["-c", &serve])
        .current_dir(directory.path())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("too few open files") {
                return line;
            }
        }
        panic!("it said nothing of it")
    });
    let said = said.await.unwrap();
    assert!(said.contains("connections=103 wanted=10000 open_files=300"), "{said}");
}

async fn peer_of(receiver: &Receiver, headers: &[(&str, &str)], refund: &str) -> String {
    let url = receiver.url("paycools/ph");
    assert!(post(&url, headers, paycools(refund, &[])).await.is_success());
    let newest = "select peer from refund_inbox.deliveries order by delivery_id desc limit 1";
    receiver.database.row(newest).await["peer"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_peer_that_is_kept_is_the_one_that_trusted_proxies_tell() {
    let said = [("x-forwarded-for", "203.0.113.66, 198.51.100.9"), ("forwarded", "for=192.0.2.1")];
    let direct = Setup::usual().await.start();
    assert_eq!(peer_of(&direct, &said, "R1").await, "127.0.0.1");
    let trusting = |header: &str| {
        let trusted = json!(["10.0.0.0/8", "127.0.0.1"]);
        format!("[http]\ntrusted_proxies = {trusted}\npeer_header = \"{header}\"")
    };
    let behind = Setup::usual().await.with(&trusting("x-forwarded-for")).start();
    assert_eq!(peer_of(&behind, &said, "R1").await, "198.51.100.9");
    assert_eq!(peer_of(&behind, &[("x-forwarded-for", "nobody")], "R2").await, "127.0.0.1");
    let behind = Setup::usual().await.with(&trusting("forwarded")).start();
    assert_eq!(peer_of(&behind, &said, "R1").await, "192.0.2.1");
}
