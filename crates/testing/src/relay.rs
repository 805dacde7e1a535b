//! A connection between the service and its Postgres that can be cut at a chosen moment.
//!
//! What comes from the service is read message by message, so that a commit is seen on its way.
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What becomes of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// A commit does not arrive: the connection is cut just before.
    CutBeforeCommit,
    /// A commit arrives and is carried out, and the connection is cut before its answer.
    CutAfterCommit,
    /// A commit arrives and is carried out, and its answer never arrives.
    AnswerStays,
    /// A session is silent for ever from its next statement on.
    FallsSilent,
    /// Nothing arrives, either way, and no connection is closed: a host that lost its power.
    /// Connections of that time stay silent for ever, also when new ones arrive.
    Vanishes,
}

/// A relay on a port of its own.
pub struct Relay {
    /// The URL of the database by way of this relay.
    pub url: String,
    fate: watch::Sender<Fate>,
    struck: watch::Receiver<usize>,
    _listening: JoinHandle<()>,
}

/// What the connections of a relay share.
#[derive(Clone)]
struct Orders {
    fate: watch::Receiver<Fate>,
    /// How many commits met their fate.
    struck: watch::Sender<usize>,
}

impl Relay {
    /// Opens a relay to the server at this socket; it ends when it is dropped.
    pub async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (fate, follow) = watch::channel(Fate::Arrives);
        let (count, struck) = watch::channel(0);
        let orders = Orders { fate: follow, struck: count };
        let listening = tokio::spawn(listen(listener, socket, orders));
        let url = format!("postgres://refund_inbox@{address}/refund_inbox?sslmode=disable");
        Self { url, fate, struck, _listening: listening }
    }

    /// Decides what becomes of everything from now on.
    pub fn set(&self, fate: Fate) {
        self.fate.send_replace(fate);
    }

    /// Waits until this number of commits has met its fate.
    pub async fn has_struck(&mut self, times: usize) {
        self.struck.wait_for(|struck| *struck >= times).await.unwrap();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self._listening.abort();
    }
}

async fn listen(listener: TcpListener, socket: PathBuf, orders: Orders) {
    // They end with the relay.
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        connections.spawn(relay(client, socket.clone(), orders.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn relay(mut client: TcpStream, socket: PathBuf, mut orders: Orders) {
    let Ok(mut server) = UnixStream::connect(&socket).await else { return };
    let mut sent = Messages::default();
    let mut answer = vec![0; 65536];
    let (mut session, mut met) = (Session::default(), None);
    loop {
        if *orders.fate.borrow() == Fate::Vanishes {
            return swallow(client).await;
        }
        tokio::select! {
            _ = orders.fate.changed() => {}
            read = client.read_buf(&mut sent.bytes) => {
                if !matches!(read, Ok(1..)) {
                    return;
                }
                while let Some(message) = sent.next() {
                    if is_statement(&message) && *orders.fate.borrow() == Fate::FallsSilent {
                        return swallow(client).await;
                    }
                    if session.sees_commit(&message) {
                        met = Some(*orders.fate.borrow()).filter(|fate| *fate != Fate::Arrives);
                    }
                    if met == Some(Fate::CutBeforeCommit) {
                        return strike(&orders);
                    }
                    if server.write_all(&message).await.is_err() {
                        return;
                    }
                }
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return };
                match met {
                    None => {
                        if client.write_all(&answer[..length]).await.is_err() {
                            return;
                        }
                    }
                    Some(Fate::AnswerStays) => strike(&orders),
                    Some(_) => return strike(&orders),
                }
            }
        }
    }
}

/// Takes everything and answers nothing, until the other end gives up.
async fn swallow(mut client: TcpStream) {
    while let Ok(1..) = client.read(&mut [0; 4096]).await {}
}

fn strike(orders: &Orders) {
    orders.struck.send_modify(|struck| *struck += 1);
}

/// A simple query, or a statement to be prepared or carried out.
fn is_statement(message: &[u8]) -> bool {
    matches!(message.first(), Some(b'Q' | b'P' | b'B'))
}

/// What is known of a session: enough to see a commit on its way.
#[derive(Default)]
struct Session {
    /// The names of prepared statements that record a group.
    recording: BTreeSet<Vec<u8>>,
    is_in_transaction: bool,
}

impl Session {
    /// Whether this message commits: it says COMMIT, alone or behind other statements, or it carries
    /// out the statement that records a group outside of any transaction.
    fn sees_commit(&mut self, message: &[u8]) -> bool {
        let letter = message.first().filter(|_| is_statement(message));
        let (Some(letter), Some(rest)) = (letter, message.get(5..)) else { return false };
        let mut parts = rest.split(|byte| *byte == 0);
        if *letter == b'B' {
            let statement = parts.nth(1).unwrap_or_default();
            return !self.is_in_transaction && self.recording.contains(statement);
        }
        let text = String::from_utf8_lossy(rest).to_uppercase();
        if *letter == b'P' && text.contains("WITH WRITTEN_DELIVERIES AS") {
            self.recording.insert(parts.next().unwrap_or_default().to_vec());
        }
        // A comment may say the words as well.
        let says = |word| {
            text.split([';', '\0']).any(|statement| statement.trim_start().starts_with(word))
        };
        self.is_in_transaction |= says("BEGIN");
        self.is_in_transaction &= !(says("COMMIT") || says("ROLLBACK"));
        says("COMMIT")
    }
}

/// Bytes that become messages.
#[derive(Default)]
struct Messages {
    bytes: Vec<u8>,
    has_begun: bool,
}

impl Messages {
    /// The next whole message. The first has a length alone, all others a letter before it.
    fn next(&mut self) -> Option<Vec<u8>> {
        let letter = usize::from(self.has_begun);
        let length = self.bytes.get(letter..letter + 4)?;
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let end = letter + usize::try_from(length).unwrap();
        if self.bytes.len() < end {
            return None;
        }
        self.has_begun = true;
        Some(self.bytes.drain(..end).collect())
    }
}
