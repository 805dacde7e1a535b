//! Bodies that do not end.

use std::time::Duration;

use testing::client::{get, read_to_end, send_raw};
use testing::notifications::paycools;
use testing::processes::{memory_kib, peak_memory_kib};
use testing::receiver::Setup;
use testing::service::{Service, usual};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{deliver, head, metric, unfinished};

#[tokio::test]
async fn hazard_20_endless_bodies_never_cause_a_refusal_of_an_authentic_delivery() {
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
        // Both halves of the memory are full several times over.
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
    // Evicted senders get "send again" in the provider's words.
    let answer = read_to_end(hoarders.remove(0)).await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains("temporarily unavailable"),
        "{answer}"
    );
    let metrics = get(&receiver.operator("/metrics")).await.body;
    assert!(metrics.contains(r#"refund_inbox_requests_rejected_total{reason="evicted"}"#));
}

#[tokio::test]
async fn a_thousand_slow_bodies_hold_no_more_memory_than_is_set() {
    let (configuration, _) = usual().await;
    let service = Service::start(&format!("max_bytes_in_hand = 16777216\n{configuration}")).await;
    let (public, operator) = service.addresses();
    assert!(deliver(public, "R0").await.is_success());
    let before = memory_kib(service.id());
    // The clients offer a quarter of a gigabyte, partly in chunks of one byte.
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
    let evicted = r#"refund_inbox_requests_rejected_total{reason="evicted"}"#;
    assert!(metric(operator, evicted).await > 0.0);
    let grown = peak_memory_kib(service.id()) - before;
    println!("{} slow bodies: {grown} KiB", connections.len());
    assert!(grown < 16 * 1024 + 1000 * 48, "{grown} KiB");
}
