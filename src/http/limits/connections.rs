//! Connections: accepted while there is room, served, and closed when their time is over.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{interval, sleep, timeout};
use tracing::warn;

use super::eviction::{Room, Share};
use crate::telemetry::{self, OpenConnection};

/// The largest request head, in bytes. Those of real notifications have a tenth of it.
const LARGEST_HEAD: usize = 16 * 1024;

/// How long a connection is left alone before it may have to make room. However many come, each is
/// read in this time.
const GRACE: Duration = Duration::from_secs(1);

/// How long to wait when there is no file for a connection, before trying again.
const PAUSE: Duration = Duration::from_millis(50);

/// How long connections that are idle at the end are kept for a request that may be under way.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How often it is looked for connections that are overdue.
const SWEEP: Duration = Duration::from_secs(1);

/// How the connections of one listener are served.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct ConnectionLimits {
    /// The listener's name in metrics.
    pub listener: &'static str,
    /// The most that are open at the same time.
    pub connections: usize,
    /// How long a head may take, and with it an idle connection.
    pub head: Duration,
    /// How long after its last answer the next request must be whole, and the answer taken.
    pub request: Duration,
}

/// What a request may know of its connection.
#[derive(Clone, Debug)]
pub(in crate::http) struct Connected {
    /// The address at its other end.
    pub peer: SocketAddr,
    /// Its place among them.
    pub share: Arc<Share>,
}

/// How long connections may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Until they are answered.
    Draining,
    /// No longer.
    Over,
}

/// Serves connections until `stop` resolves, then lets them finish for at most `drain`.
pub(in crate::http) async fn serve_connections(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    draining: Arc<AtomicBool>,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    let (phase, watched) = watch::channel(Phase::Serving);
    let shed = |connections| telemetry::connections_shed("limit", connections);
    let room = Room::new(limits.connections, GRACE, shed);
    let service = TowerToHyperService::new(router);
    let accepting = async {
        loop {
            let (stream, peer) = accept(&listener, &room).await;
            let share = Arc::new(enter(&room).await);
            let connected = Connected { peer, share: Arc::clone(&share) };
            let service = serving(service.clone(), connected, Arc::clone(&draining));
            let task = serve(stream, service, share, limits, watched.clone());
            tokio::spawn(task);
        }
    };
    tokio::select! {
        () = accepting => {}
        () = sweeping(&room, limits.request) => {}
        () = stop => {}
    }
    drop((listener, service, watched));
    let _ = timeout(LAST_REQUESTS.min(drain), phase.closed()).await;
    phase.send_replace(Phase::Draining);
    if timeout(drain, phase.closed()).await.is_err() {
        let (connections, listener) = (phase.receiver_count(), limits.listener);
        warn!(listener, connections, "drained for long enough: cutting connections off");
        phase.send_replace(Phase::Over);
        phase.closed().await;
    }
}

/// Waits for a connection. An error is either that of a connection which is gone already, or there
/// are no files or memory left: then the oldest sender makes room, and the loop must not spin.
async fn accept(listener: &TcpListener, room: &Room) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                telemetry::not_accepted(&error);
                if room.ask_oldest() {
                    telemetry::connections_shed("open_files", 1);
                }
                sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    [ConnectionAborted, ConnectionReset, Interrupted].contains(&error.kind())
}

/// Waits for room: for an end, or until the oldest sender has had its time. Those who come meanwhile
/// wait in the kernel.
async fn enter(room: &Arc<Room>) -> Share {
    loop {
        if let Some(share) = room.take(1, Duration::from_secs(1)).await {
            return share;
        }
    }
}

/// The time limits of heads and bodies do not see a client that sends requests and takes no answer.
async fn sweeping(room: &Room, age: Duration) {
    let mut ticks = interval(SWEEP);
    loop {
        ticks.tick().await;
        telemetry::connections_shed("overdue", room.ask_overdue(age));
    }
}

/// Tells each request of its connection, and the line of each answer. While we drain, each answer
/// says that it is the connection's last: when we close one between two requests, the next one may
/// be under way; whoever was told sends it elsewhere.
fn serving(
    router: TowerToHyperService<Router>,
    connected: Connected,
    draining: Arc<AtomicBool>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> {
    service_fn(move |mut request: Request<Incoming>| {
        let share = Arc::clone(&connected.share);
        request.extensions_mut().insert(connected.clone());
        let answer = router.call(request);
        let draining = Arc::clone(&draining);
        async move {
            let mut answer = answer.await?;
            share.turn().begin();
            if draining.load(Ordering::SeqCst) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
    })
}

async fn serve(
    stream: TcpStream,
    service: impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>,
    share: Arc<Share>,
    limits: ConnectionLimits,
    mut phase: watch::Receiver<Phase>,
) {
    let _open = OpenConnection::new(limits.listener);
    // Without it answers wait for acknowledgements; it is no reason to refuse anybody.
    let _ = stream.set_nodelay(true);
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        _ = &mut connection => return,
        () = share.turn().over() => return,
        _ = phase.wait_for(|phase| *phase != Phase::Serving) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        biased;
        _ = connection => {}
        () = share.turn().over() => {}
        _ = phase.wait_for(|phase| *phase == Phase::Over) => {}
    }
}
