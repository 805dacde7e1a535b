//! The end of an instance, as seen from one connection, which a balancer may keep for a long time.

use nix::sys::signal::Signal;
use testing::connection::Connection;
use testing::notifications::eftpay;
use testing::postgres::Postgres;
use testing::service::Service;
use testing::waiting::eventually;
use tokio::net::TcpStream;

use crate::instance;

/// Opens a connection that is kept open between requests.
async fn open(service: &Service) -> Connection {
    Connection::open(service.addresses().0).await.unwrap()
}

/// Sends a refund. Returns the answer; `None` if the connection was closed instead.
async fn send(connection: &mut Connection, refund: &str) -> Option<String> {
    let body = eftpay(refund, &[]);
    let request = format!(
        "POST /notify/eftpay/hk HTTP/1.1\r\nhost: inbox\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len(),
    );
    connection.exchange(request.as_bytes()).await.ok()?;
    Some(connection.answer().to_ascii_lowercase())
}

fn is_success(answer: &str) -> bool {
    answer.starts_with("http/1.1 200 ")
}

fn is_last(answer: &str) -> bool {
    answer.contains("\r\nconnection: close\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_a_draining_instance_is_the_last_of_its_connection() {
    let postgres = Postgres::start("alone").await;
    let mut service = instance::start(postgres.url(), "lame_duck_seconds = 60").await;
    let mut kept = open(&service).await;
    for refund in ["R1", "R2"] {
        let head = send(&mut kept, refund).await.unwrap();
        assert!(is_success(&head) && !is_last(&head), "{head}");
    }
    service.signal(Signal::SIGTERM);
    service.says("draining").await;
    let mut new = open(&service).await;
    for connection in [&mut kept, &mut new] {
        let head = send(connection, "R3").await.unwrap();
        assert!(is_success(&head) && is_last(&head), "{head}");
        assert!(connection.is_closed().await);
    }
    // A second signal skips the rest of the time.
    instance::end(&mut service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_on_a_kept_connection_is_answered_after_the_listener_has_closed() {
    let postgres = Postgres::start("alone").await;
    let mut service = instance::start(postgres.url(), "").await;
    let mut answered = None;
    // The service keeps the connection for a second. On a busy machine the request may be too late.
    for _ in 0..5 {
        let mut kept = open(&service).await;
        assert!(send(&mut kept, "R1").await.is_some());
        service.signal(Signal::SIGTERM);
        let gone = async || TcpStream::connect(service.addresses().0).await.is_err();
        eventually("the end of the listener", gone).await;
        answered = send(&mut kept, "R2").await;
        instance::ends_well(&mut service).await;
        service.start_again().await;
        if answered.is_some() {
            break;
        }
    }
    let head = answered.unwrap();
    assert!(is_success(&head) && is_last(&head), "{head}");
}
