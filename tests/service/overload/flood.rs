//! Many forgeries at the same time, as costly to read as possible.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testing::client::get;
use testing::notifications::paycools;
use testing::processes::peak_memory_kib;
use testing::service::{Service, usual};
use testing::waiting::eventually;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{deliver, head, metric, one_answer, raise_open_files, request, unfinished};

/// Clients that send a forged request, and the next one as soon as it is answered.
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

    /// Ends the flood. Returns how many requests were refused.
    async fn end(mut self) -> usize {
        self.clients.shutdown().await;
        self.refused()
    }
}

/// Returns a forged delivery of about this size, as costly to read as possible.
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
async fn hazard_20_a_flood_of_forgeries_never_causes_a_refusal_of_an_authentic_delivery() {
    raise_open_files();
    let (configuration, database) = usual().await;
    // With the deadline that everybody has. A shorter one fails on a machine that runs other tests.
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    let flood = Flood::begin(public, vec![request(&forged(0)); 1500]);
    eventually("the flood", async || flood.refused() > 1500).await;
    for number in 0..10 {
        let answer = deliver(public, &format!("R{number}")).await;
        assert!(answer.is_success(), "{number}: {answer:?}");
        // A load balancer also sees a ready service.
        assert_eq!(get(&format!("http://{operator}/readyz")).await.status, 200);
    }
    let refused = flood.end().await;
    assert_eq!(database.count("refunds_v1.refunds").await, 10);

    // The log does not fill the disk, but the metrics count everything.
    let lines = service.said();
    let written = lines.iter().filter(|line| line.contains("delivery refused")).count();
    println!("{refused} forgeries answered, {written} of them in the log");
    assert!(written < refused / 10, "{written} of {refused}");
    let counted = r#"refund_inbox_deliveries_total{provider="paycools",account="ph",verdict="refused",reason="signature_mismatch"}"#;
    assert!(metric(operator, counted).await >= refused as f64);
}

#[tokio::test]
async fn hazard_20_a_flood_of_large_and_unfinished_forgeries_does_not_affect_other_senders() {
    let (configuration, database) = usual().await;
    let limits = "max_connections = 400\nmax_bytes_in_hand = 1048576\n";
    let service = Service::start(&format!("{limits}{configuration}")).await;
    let (public, operator) = service.addresses();
    // Most of it are pages of the program itself. Huge pages, which the allocator would ask for, make
    // every number here larger.
    let before = peak_memory_kib(service.id());
    let process = std::fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    assert!(process.contains("THP_enabled:\t0"), "huge pages are on: {process}");
    // The flood exceeds the limits in bytes and in connections.
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
    let highest = peak_memory_kib(service.id());
    println!("highest memory: {highest} KiB, before the flood {before} KiB");
    assert!(highest - before < 55_000, "{before} KiB before the flood, then {highest} KiB");
}
