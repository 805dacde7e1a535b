//! A connection between the service and its database whose answers can be lost.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// A proxy that can cut the connections made through it; it carries later ones again.
pub struct Proxy {
    /// The database's URL through this proxy.
    pub url: String,
    cuts: watch::Sender<u32>,
    lost: Arc<AtomicU32>,
}

impl Proxy {
    /// Opens a proxy to the database of this URL.
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
        let (cuts, _) = watch::channel(0);
        let lost = Arc::new(AtomicU32::new(0));
        tokio::spawn(accept(listener, socket, cuts.clone(), Arc::clone(&lost)));
        Self { url, cuts, lost }
    }

    /// Loses what the server sends from now on over the connections that are open. Each ends for
    /// the service when the server sends something; for the server it goes on.
    pub fn lose_answers(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends every open connection for the service; for the server they go on.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1_000_000);
    }

    /// Returns how often an answer was lost.
    pub fn lost(&self) -> u32 {
        self.lost.load(Ordering::SeqCst)
    }
}

async fn accept(
    listener: TcpListener,
    socket: PathBuf,
    cuts: watch::Sender<u32>,
    lost: Arc<AtomicU32>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&socket).await.unwrap();
        tokio::spawn(carry(client, server, cuts.subscribe(), Arc::clone(&lost)));
    }
}

async fn carry(
    client: TcpStream,
    server: UnixStream,
    mut cuts: watch::Receiver<u32>,
    lost: Arc<AtomicU32>,
) {
    let before = *cuts.borrow_and_update();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let onward = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
        // The server does not learn that the client is gone, as when a cable is cut.
        std::mem::forget(to_server);
    });
    let mut buffer = vec![0; 65536];
    loop {
        tokio::select! {
            read = from_server.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { break };
                if *cuts.borrow() != before {
                    lost.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                if to_client.write_all(&buffer[..length]).await.is_err() {
                    break;
                }
            }
            changed = cuts.changed() => {
                if changed.is_err() || *cuts.borrow() >= before + 1_000_000 {
                    break;
                }
            }
        }
    }
    onward.abort();
    drop(to_client);
    // The server can go on sending, and nothing arrives.
    while from_server.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}
