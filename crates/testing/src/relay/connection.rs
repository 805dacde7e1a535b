//! The relay itself: it passes on what both ends send, until a fate strikes.

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::messages::{Messages, Session, is_statement};

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

/// What happens to the connections of a moment; those that are opened later are not affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cut {
    number: usize,
    is_immediate: bool,
}

/// A relay on a port of its own.
pub struct Relay {
    /// The URL of the database through this relay.
    pub url: String,
    fate: watch::Sender<Fate>,
    cut: watch::Sender<Cut>,
    struck: watch::Receiver<usize>,
    listening: JoinHandle<()>,
}

/// What the connections of a relay share.
#[derive(Clone)]
struct Orders {
    fate: watch::Receiver<Fate>,
    cut: watch::Receiver<Cut>,
    /// How many commits met their fate, and how many answers were lost.
    struck: watch::Sender<usize>,
}

impl Relay {
    /// Opens a relay to the database of this URL; it ends when it is dropped.
    pub async fn to(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let socket = options.get_socket().unwrap().join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "postgres://{}@{}/{}?sslmode=disable",
            options.get_username(),
            listener.local_addr().unwrap(),
            options.get_database().unwrap(),
        );
        let (fate, follow) = watch::channel(Fate::Arrives);
        let (cut, follow_cut) = watch::channel(Cut::default());
        let (count, struck) = watch::channel(0);
        let orders = Orders { fate: follow, cut: follow_cut, struck: count };
        let listening = tokio::spawn(listen(listener, socket, orders));
        Self { url, fate, cut, struck, listening }
    }

    /// Decides what becomes of everything from now on.
    pub fn set(&self, fate: Fate) {
        self.fate.send_replace(fate);
    }

    /// Ends every open connection for the service; for the server they go on.
    pub fn cut(&self) {
        self.cut.send_modify(|cut| *cut = Cut { number: cut.number + 1, is_immediate: true });
    }

    /// Loses what the server sends from now on over the connections that are open. Each ends for
    /// the service when the server sends something; for the server it goes on.
    pub fn lose_answers(&self) {
        self.cut.send_modify(|cut| *cut = Cut { number: cut.number + 1, is_immediate: false });
    }

    /// Waits until this number of commits has met its fate, or of answers is lost.
    pub async fn has_struck(&mut self, times: usize) {
        self.struck.wait_for(|struck| *struck >= times).await.unwrap();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.listening.abort();
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
    let before = *orders.cut.borrow_and_update();
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
            _ = orders.cut.changed() => {
                if orders.cut.borrow().is_immediate {
                    drop(client);
                    return swallow(server).await;
                }
            }
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
                if *orders.cut.borrow() != before {
                    strike(&orders);
                    drop(client);
                    return swallow(server).await;
                }
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

/// Takes everything and sends nothing, until the other end gives up.
async fn swallow(mut from: impl AsyncRead + Unpin) {
    while let Ok(1..) = from.read(&mut [0; 4096]).await {}
}

fn strike(orders: &Orders) {
    orders.struck.send_modify(|struck| *struck += 1);
}
