//! Connections that are idle, send slowly or read nothing, and connections that are evicted for
//! others.

use std::time::{Duration, Instant};

use testing::client::{get, read_to_end, send_raw};
use testing::notifications::paycools;
use testing::processes::{memory_kib, peak_memory_kib};
use testing::receiver::Setup;
use testing::service::{Service, usual};
use testing::waiting::{PATIENCE, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{connect, deliver, head, is_closed, metric, one_answer};
use super::{raise_open_files, request, unfinished};

#[tokio::test]
async fn two_thousand_idle_connections_cost_little_and_other_traffic_goes_on() {
    raise_open_files();
    let (configuration, _) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    assert!(deliver(public, "R0").await.is_success());
    let before = memory_kib(service.id());
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
    let grown = peak_memory_kib(service.id()) - before;
    println!("2,000 connections, half of them with half a head: {grown} KiB");
    assert!(grown < 2000 * 40, "{grown} KiB");
    drop((idle, half));
    eventually("their end", async || metric(operator, open).await < 10.0).await;
}

#[tokio::test]
async fn at_the_limit_the_connection_that_has_gone_longest_without_a_whole_request_is_evicted() {
    let limits = "[recording]\ndeadline_ms = 60000\n[http]\nmax_connections = 20";
    let receiver = Setup::usual().await.with(limits).start();
    let held = receiver.database.hold_commits().await;
    let mut in_hand = send_raw(receiver.public(), request(&paycools("R1", &[])).as_bytes()).await;
    receiver.database.until_a_commit_is_held().await;
    // Endless heads, endless bodies, and connections without a byte.
    let began = Instant::now();
    let mut hoarders = Vec::new();
    for number in 0..60 {
        let beginning = [head("x: "), unfinished(1000), String::new()][number % 3].clone();
        hoarders.push(send_raw(receiver.public(), beginning.as_bytes()).await);
    }
    for stream in &mut hoarders[..40] {
        assert!(is_closed(stream).await);
    }
    assert!(began.elapsed() >= Duration::from_secs(1), "each connection has a second to be read");
    held.release().await;
    assert!(one_answer(&mut in_hand).await.starts_with("HTTP/1.1 200 "));
    // The connection that was answered last is the youngest, and each delivery finds a place.
    for number in 2..30 {
        let answer = receiver.post("paycools/ph", &paycools(&format!("R{number}"), &[])).await;
        assert!(answer.is_success(), "{answer:?}");
    }
    let metrics = get(&receiver.operator("/metrics")).await.body;
    let none = r#"refund_inbox_connections_shed_total{reason="limit"} 0"#;
    assert!(!metrics.contains(&format!("{none}\n")), "{metrics}");
}

#[tokio::test]
async fn a_client_that_goes_away_keeps_its_place_until_its_delivery_is_finished() {
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
        // A single byte now and then does not extend the deadline.
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
async fn a_client_that_reads_no_answers_is_disconnected() {
    let (configuration, _) = usual().await;
    let limits = "header_timeout_seconds = 1\nbody_timeout_seconds = 1\n";
    let service = Service::start(&format!("{limits}{configuration}")).await;
    let (public, operator) = service.addresses();
    let mut stream = TcpStream::connect(public).await.unwrap();
    let requests = request("{}").repeat(1000);
    // The client sends requests until their answers fill all buffers on the way back.
    while let Ok(written) =
        timeout(Duration::from_secs(2), stream.write_all(requests.as_bytes())).await
    {
        written.unwrap();
    }
    let shed = r#"refund_inbox_connections_shed_total{reason="overdue"}"#;
    eventually("its end", async || metric(operator, shed).await >= 1.0).await;
    assert!(deliver(public, "R1").await.is_success());
    println!("highest memory: {} KiB", peak_memory_kib(service.id()));
}
