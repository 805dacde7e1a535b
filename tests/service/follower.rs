//! The program's `feed` as a process, and a pooler that lets nobody be woken.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::process::{Child, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::eventually;
use crate::process::program;

/// How long a command may take to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The URL of the same database for the role that consumers have.
pub(crate) fn as_reader(url: &str) -> String {
    assert!(url.contains("user=refund_inbox"), "{url}");
    url.replace("user=refund_inbox", "user=refunds_reader")
}

/// The socket of a private server.
pub(crate) fn socket_of(url: &str) -> PathBuf {
    let host = url.split_once("host=").unwrap().1.split_once('&').unwrap().0;
    PathBuf::from(host.replace("%2F", "/")).join(SOCKET)
}

const SOCKET: &str = ".s.PGSQL.5432";

/// A running `refund-inbox feed`, and what has come of it.
pub(crate) struct Follower {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    lines: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<Vec<String>>>,
    reading: Vec<JoinHandle<()>>,
    _directory: TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) events: Vec<Map<String, Value>>,
    pub(crate) said: Vec<String>,
}

impl Follower {
    /// Starts `feed` with these arguments; what it prints is read as it comes.
    pub(crate) fn start(url: &str, arguments: &[&str]) -> Self {
        let mut follower = Self::start_unread(url, arguments);
        let mut stdout = follower.stdout.take().unwrap().lines();
        let lines = Arc::clone(&follower.lines);
        follower.reading.push(tokio::spawn(async move {
            while let Ok(Some(line)) = stdout.next_line().await {
                lines.lock().unwrap().push(line);
            }
        }));
        follower
    }

    /// Starts it where nobody reads what it prints.
    pub(crate) fn start_unread(url: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let configuration = format!("[database]\nurl = {}\n", json!(url));
        std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
        let mut command = program(directory.path());
        command.args(["--config", "c.toml", "feed"]).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let saying = Arc::clone(&said);
        let reading = tokio::spawn(async move {
            while let Ok(Some(line)) = stderr.next_line().await {
                saying.lock().unwrap().push(line);
            }
        });
        let lines = Arc::default();
        Self { child, stdout, lines, said, reading: vec![reading], _directory: directory }
    }

    /// The next line, where nobody else reads.
    pub(crate) async fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).await.unwrap();
        line
    }

    /// Closes the pipe into which it prints.
    pub(crate) fn go_away(&mut self) {
        self.stdout = None;
    }

    /// The events printed so far.
    pub(crate) fn events(&self) -> Vec<Map<String, Value>> {
        let lines = self.lines.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// The places of the events printed so far.
    pub(crate) fn seqs(&self) -> Vec<i64> {
        self.events().iter().map(|event| event["seq"].as_i64().unwrap()).collect()
    }

    /// Waits until so many events have been printed.
    pub(crate) async fn prints(&self, events: usize) {
        eventually("events", async || self.lines.lock().unwrap().len() >= events).await;
    }

    /// Waits until it has said this on standard error.
    pub(crate) async fn says(&self, words: &str) {
        eventually(words, async || self.how_often_it_said(words) > 0).await;
    }

    pub(crate) fn how_often_it_said(&self, words: &str) -> usize {
        self.said.lock().unwrap().iter().filter(|line| line.contains(words)).count()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        for reading in self.reading.drain(..) {
            reading.await.unwrap();
        }
        let said = self.said.lock().unwrap().clone();
        Ended { status: status.code(), events: self.events(), said }
    }
}

/// Between a client and the server: it passes everything on but announcements, as a pooler does
/// that gives the next transaction to another session.
pub(crate) struct DeafPooler {
    directory: TempDir,
    url: String,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

/// What such a pooler has seen.
#[derive(Default)]
struct Seen {
    announcements: AtomicUsize,
    prepared_statements: AtomicUsize,
}

impl DeafPooler {
    pub(crate) fn before(url: &str) -> Self {
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

    /// The server's URL through it.
    pub(crate) fn url(&self) -> &str {
        assert!(self.directory.path().exists());
        &self.url
    }

    /// How many announcements did not come through.
    pub(crate) fn swallowed(&self) -> usize {
        self.seen.announcements.load(Ordering::Relaxed)
    }

    /// How many statements were prepared under a name, which another session would not know.
    pub(crate) fn prepared(&self) -> usize {
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

/// A letter, and what follows.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut message = vec![from.read_u8().await?];
    message.extend(body(from).await?);
    Ok(message)
}

/// A length, itself included, and so many bytes.
async fn body(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    let mut body = length.to_be_bytes().to_vec();
    body.resize(usize::try_from(length).unwrap(), 0);
    from.read_exact(&mut body[4..]).await?;
    Ok(body)
}
