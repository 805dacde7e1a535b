//! The end of an instance as one connection sees it, which a balancer may keep for long.

use nix::sys::signal::Signal;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::client::{eftpay, eventually};
use crate::pair::Node;
use crate::service::Service;

/// A connection that is kept from request to request.
struct Kept(BufReader<TcpStream>);

impl Kept {
    async fn open(service: &Service) -> Self {
        Self(BufReader::new(TcpStream::connect(service.public).await.unwrap()))
    }

    /// Sends a refund; the head of the answer, none where the connection was closed instead.
    async fn send(&mut self, refund: &str) -> Option<String> {
        let body = eftpay(refund, &[]);
        let request = format!(
            "POST /notify/eftpay/hk HTTP/1.1\r\nhost: inbox\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        self.0.write_all(request.as_bytes()).await.ok()?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).await.ok()?;
        Some(head)
    }

    async fn is_closed(&mut self) -> bool {
        self.0.read(&mut [0]).await.is_ok_and(|read| read == 0)
    }
}

fn is_success(head: &str) -> bool {
    head.starts_with("http/1.1 200 ")
}

fn is_last(head: &str) -> bool {
    head.contains("\r\nconnection: close\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_an_instance_drains_each_answer_is_the_last_of_its_connection() {
    let node = Node::alone();
    let mut service = Service::start(&node.url(), "lame_duck_seconds = 60").await;
    let mut kept = Kept::open(&service).await;
    for refund in ["R1", "R2"] {
        let head = kept.send(refund).await.unwrap();
        assert!(is_success(&head) && !is_last(&head), "{head}");
    }
    service.signal(Signal::SIGTERM);
    service.says("draining").await;
    let mut new = Kept::open(&service).await;
    for connection in [&mut kept, &mut new] {
        let head = connection.send("R3").await.unwrap();
        assert!(is_success(&head) && is_last(&head), "{head}");
        assert!(connection.is_closed().await);
    }
    // A second signal does not wait for the rest of the time.
    service.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_to_a_kept_connection_is_answered_when_the_listener_has_gone() {
    let node = Node::alone();
    let mut service = Service::start(&node.url(), "").await;
    let mut answered = None;
    // Such a connection is kept for a second. A machine may be so busy that we come too late.
    for _ in 0..5 {
        let mut kept = Kept::open(&service).await;
        assert!(kept.send("R1").await.is_some());
        service.signal(Signal::SIGTERM);
        let gone = async || TcpStream::connect(service.public).await.is_err();
        eventually("the end of the listener", gone).await;
        answered = kept.send("R2").await;
        service.wait().await;
        service.start_again().await;
        if answered.is_some() {
            break;
        }
    }
    let head = answered.unwrap();
    assert!(is_success(&head) && is_last(&head), "{head}");
}
