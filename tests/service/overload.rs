//! More connections and bytes than the limits allow, and requests that no client would send. Memory
//! stays bounded, and no authentic delivery is refused because of them.

mod bodies;
mod client_address;
mod connections;
mod flood;
mod malformed;
mod open_files;

use std::net::SocketAddr;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use testing::client::{Answer, post};
use testing::metrics;
use testing::notifications::paycools;
use testing::waiting::PATIENCE;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Returns the head of a request to the usual PayCools account, with more lines.
fn head(more: &str) -> String {
    format!("POST /notify/paycools/ph HTTP/1.1\r\nhost: x\r\n{more}\r\n")
}

fn request(body: &str) -> String {
    format!("{}{body}", head(&format!("content-length: {}\r\n", body.len())))
}

/// Returns a request whose body announces `size` bytes and lacks one.
fn unfinished(size: usize) -> String {
    format!("{}{}", head(&format!("content-length: {size}\r\n")), " ".repeat(size - 1))
}

/// Raises the limit of open files, because many connections need many files.
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

/// Waits for one answer on a connection that stays open. The answer is empty if the connection ends
/// first.
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

/// Returns the value of a series, 0 if it does not exist.
async fn metric(operator: SocketAddr, series: &str) -> f64 {
    metrics::metric(operator, series).await.unwrap_or_default()
}

async fn deliver(public: SocketAddr, refund: &str) -> Answer {
    post(&format!("http://{public}/notify/paycools/ph"), &[], paycools(refund, &[])).await
}
