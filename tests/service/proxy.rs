//! A wire between the service and its database that can be cut at a chosen moment.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// The wire. Every connection made over it ends when it is cut; later ones are carried again.
pub(crate) struct Proxy {
    /// The database's URL over this wire.
    pub(crate) url: String,
    cuts: watch::Sender<u32>,
    swallowed: Arc<AtomicU32>,
}

impl Proxy {
    /// A wire to the database of this URL.
    pub(crate) async fn to(url: &str) -> Self {
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
        let swallowed = Arc::new(AtomicU32::new(0));
        tokio::spawn(accept(listener, socket, cuts.clone(), Arc::clone(&swallowed)));
        Self { url, cuts, swallowed }
    }

    /// From now on nothing that the server says reaches the service over the connections that are
    /// open; each ends for the service when the server says something, and the server is not told.
    pub(crate) fn swallow_answers(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends every open connection for the service now; the server is not told.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1_000_000);
    }

    /// How often an answer was swallowed.
    pub(crate) fn swallowed(&self) -> u32 {
        self.swallowed.load(Ordering::SeqCst)
    }
}

async fn accept(
    listener: TcpListener,
    socket: PathBuf,
    cuts: watch::Sender<u32>,
    swallowed: Arc<AtomicU32>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&socket).await.unwrap();
        tokio::spawn(carry(client, server, cuts.subscribe(), Arc::clone(&swallowed)));
    }
}

async fn carry(
    client: TcpStream,
    server: UnixStream,
    mut cuts: watch::Receiver<u32>,
    swallowed: Arc<AtomicU32>,
) {
    let before = *cuts.borrow_and_update();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let onward = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
        // The server is not told that the client is gone, as when a wire is cut.
        std::mem::forget(to_server);
    });
    let mut buffer = vec![0; 65536];
    loop {
        tokio::select! {
            read = from_server.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { break };
                if *cuts.borrow() != before {
                    swallowed.fetch_add(1, Ordering::SeqCst);
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
    // Whatever the server still says, nobody hears it; but it can say it.
    while from_server.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}
