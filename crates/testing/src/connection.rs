//! One HTTP/1.1 connection. It shares the machine's cores with the measured processes, so it does
//! little work: requests are prepared bytes, and it reads only the status and length of an answer.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection that is kept alive and carries one request at a time.
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    /// Opens a connection.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream, answer: Vec::with_capacity(4096) })
    }

    /// Opens another connection to the same address.
    pub async fn again(&self) -> io::Result<Self> {
        Self::open(self.address).await
    }

    /// Sends a request and reads the whole answer; returns its status.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.answer.clear();
        self.stream.write_all(request).await?;
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = Head::read(&self.answer)? else { continue };
            while self.answer.len() < head.whole_length {
                if self.stream.read_buf(&mut self.answer).await? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(head.status);
        }
    }

    /// Returns the last answer, head and body.
    pub fn answer(&self) -> &str {
        std::str::from_utf8(&self.answer).unwrap_or_default()
    }

    /// Waits until the other end closes the connection; returns whether it does.
    pub async fn is_closed(&mut self) -> bool {
        self.stream.read(&mut [0]).await.is_ok_and(|read| read == 0)
    }
}

struct Head {
    status: u16,
    whole_length: usize,
}

impl Head {
    /// Reads the head of an answer; `None` while the head is incomplete.
    fn read(answer: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&answer[..end]).map_err(io::Error::other)?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok());
        let body_length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        match (status, body_length) {
            (Some(status), Some(length)) => {
                let length: usize = length;
                Ok(Some(Self { status, whole_length: end + 4 + length }))
            }
            (Some(_) | None, Some(_) | None) => Err(io::Error::other(text.to_owned())),
        }
    }
}
