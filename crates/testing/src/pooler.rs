//! A pooler between a client and Postgres that passes on no announcements.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

const SOCKET: &str = ".s.PGSQL.5432";

/// Returns the socket in the URL of a private server.
pub fn socket_of(url: &str) -> PathBuf {
    let host = url.split_once("host=").unwrap().1.split_once('&').unwrap().0;
    PathBuf::from(host.replace("%2F", "/")).join(SOCKET)
}

/// A pooler that passes on everything except announcements. A pooler that gives each transaction
/// another session has the same effect.
pub struct DeafPooler {
    directory: TempDir,
    url: String,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

/// What a pooler has counted.
#[derive(Default)]
struct Seen {
    announcements: AtomicUsize,
    prepared_statements: AtomicUsize,
}

impl DeafPooler {
    /// Opens a pooler in front of the server of this URL.
    pub fn before(url: &str) -> Self {
        let server = socket_of(url);
        assert!(server.exists(), "{}", server.display());
        let (before, rest) = url.split_once("host=").unwrap();
        let (_, after) = rest.split_once('&').unwrap();
        let directory = tempfile::tempdir().unwrap();
        let url = format!("{before}host={}&{after}", directory.path().display());
        let listener = UnixListener::bind(directory.path().join(SOCKET)).unwrap();
        let seen = Arc::<Seen>::default();
        let seeing = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, server.clone(), Arc::clone(&seeing)));
            }
        });
        Self { directory, url, seen, accepting }
    }

    /// Returns the server's URL through the pooler.
    pub fn url(&self) -> &str {
        assert!(self.directory.path().exists());
        &self.url
    }

    /// Returns how many announcements the pooler dropped.
    pub fn swallowed(&self) -> usize {
        self.seen.announcements.load(Ordering::Relaxed)
    }

    /// Returns how many statements were prepared under a name. Another session does not know that
    /// name.
    pub fn prepared(&self) -> usize {
        self.seen.prepared_statements.load(Ordering::Relaxed)
    }
}

impl Drop for DeafPooler {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(client: UnixStream, server: impl AsRef<Path>, seen: Arc<Seen>) {
    let Ok(server) = UnixStream::connect(server).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = async {
        let (mut from, mut to) = (BufReader::new(from_client), to_server);
        // The first message of a session has no letter.
        to.write_all(&body(&mut from).await?).await?;
        loop {
            let message = message(&mut from).await?;
            if message[0] == b'P' && message[5] != 0 {
                seen.prepared_statements.fetch_add(1, Ordering::Relaxed);
            }
            to.write_all(&message).await?;
        }
    };
    let down = async {
        let (mut from, mut to) = (BufReader::new(from_server), to_client);
        loop {
            let message = message(&mut from).await?;
            if message[0] == b'A' {
                seen.announcements.fetch_add(1, Ordering::Relaxed);
            } else {
                to.write_all(&message).await?;
            }
        }
    };
    let _: std::io::Result<()> = tokio::select! { ended = up => ended, ended = down => ended };
}

/// Reads a message: a letter and its body.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut message = vec![from.read_u8().await?];
    message.extend(body(from).await?);
    Ok(message)
}

/// Reads a length, itself included, and that many bytes.
async fn body(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    let mut body = length.to_be_bytes().to_vec();
    body.resize(usize::try_from(length).unwrap(), 0);
    from.read_exact(&mut body[4..]).await?;
    Ok(body)
}
