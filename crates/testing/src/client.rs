//! Sends HTTP requests as providers do: whole requests, and bytes that no HTTP client would send.

use std::net::SocketAddr;
use std::sync::LazyLock;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The client of all tests. It keeps no connections open, because each test has its own runtime.
pub static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
});

/// An answer, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type; empty if the answer has none.
    pub content_type: String,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// Returns whether the provider understands the answer as "committed".
    pub fn is_success(&self) -> bool {
        self.status == 200
    }
}

/// Posts a body with these headers.
pub async fn post(url: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    try_post(url, headers, body).await.unwrap()
}

/// Posts a body with these headers over a connection that may break.
pub async fn try_post(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Result<Answer, reqwest::Error> {
    let mut request = CLIENT.post(url).body(body.into());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.send().await?).await
}

/// Gets a page.
pub async fn get(url: &str) -> Answer {
    answer(CLIENT.get(url).send().await.unwrap()).await.unwrap()
}

/// Reads a whole answer.
pub async fn answer(response: reqwest::Response) -> Result<Answer, reqwest::Error> {
    let content_type = response.headers().get("content-type");
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: content_type.map_or("", |value| value.to_str().unwrap()).to_owned(),
        body: response.text().await?,
    })
}

/// Opens a connection, sends these bytes and nothing more.
pub async fn send_raw(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Reads a connection until the other end closes it.
pub async fn read_to_end(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset counts as the end.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}
