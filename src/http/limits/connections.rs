//! Connections: accepts them within a limit, serves them, and closes those that take too long.

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

use super::eviction::{EvictingLimiter, Slot};
use crate::api::Streaming;
use crate::telemetry::{self, OpenConnection};

/// The largest request head, in bytes. The head of a real notification has about a tenth of that.
const LARGEST_HEAD: usize = 16 * 1024;

/// The most connections of people and monitoring.
pub(in crate::http) const OPERATOR_CONNECTIONS: usize = 128;

/// How long a connection is safe from eviction. The service reads from each new connection within
/// this time, even if many arrive at once.
const GRACE: Duration = Duration::from_secs(1);

/// How long to wait before the next attempt when there is no file descriptor for a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How long idle connections stay open when the service drains, for requests that are on their way.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How often the service looks for overdue connections.
const SWEEP: Duration = Duration::from_secs(1);

/// How the connections of one listener are served.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct ConnectionLimits {
    /// The listener's name in metrics.
    pub listener: &'static str,
    /// The most connections that are open at the same time.
    pub connections: usize,
    /// How long a request head may take. An idle connection is closed after this time, too.
    pub head: Duration,
    /// How long after an answer the client may take to read it and to send its next request
    /// completely.
    pub request: Duration,
}

/// What a request knows about its connection.
#[derive(Clone, Debug)]
pub(in crate::http) struct Connected {
    /// The address at the other end.
    pub remote: SocketAddr,
    /// The connection's slot among all connections.
    pub slot: Arc<Slot>,
}

/// The phase of a listener's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Connections end with their next answer.
    Draining,
    /// Connections are closed.
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
    let on_evicted = |connections| telemetry::connections_shed("limit", connections);
    let limiter = EvictingLimiter::new(limits.connections, GRACE, on_evicted);
    let service = TowerToHyperService::new(router);
    let accepting = async {
        loop {
            let (stream, remote) = accept(&listener, &limiter).await;
            let slot = Arc::new(acquire(&limiter).await);
            let connected = Connected { remote, slot: Arc::clone(&slot) };
            let service = service_of(service.clone(), connected, Arc::clone(&draining));
            let task = serve(stream, service, slot, limits, watched.clone());
            tokio::spawn(task);
        }
    };
    tokio::select! {
        () = accepting => {}
        () = evict_overdue(&limiter, limits.request) => {}
        () = stop => {}
    }
    drop((listener, service, watched));
    let _ = timeout(LAST_REQUESTS.min(drain), phase.closed()).await;
    phase.send_replace(Phase::Draining);
    if timeout(drain, phase.closed()).await.is_err() {
        let (connections, listener) = (phase.receiver_count(), limits.listener);
        warn!(listener, connections, "drain deadline passed: closing the remaining connections");
        phase.send_replace(Phase::Over);
        phase.closed().await;
    }
}

/// Waits for a connection and accepts it. An error means that a connection is already gone, or that
/// there are no file descriptors or no memory left. In the second case this function evicts the
/// oldest sender and pauses, so that the loop does not spin.
async fn accept(listener: &TcpListener, limiter: &EvictingLimiter) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                telemetry::not_accepted(&error);
                if limiter.evict_oldest() {
                    telemetry::connections_shed("open_files", 1);
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// Returns whether the error concerns one connection, not the whole listener.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    [ConnectionAborted, ConnectionReset, Interrupted].contains(&error.kind())
}

/// Waits for a slot: until a connection ends, or until the oldest sender is old enough to be
/// evicted. Further connections wait in the kernel meanwhile.
async fn acquire(limiter: &Arc<EvictingLimiter>) -> Slot {
    loop {
        if let Some(slot) = limiter.acquire(1, Duration::from_secs(1)).await {
            return slot;
        }
    }
}

/// Evicts overdue connections, forever. The time limits of heads and bodies do not catch a client
/// that sends requests and does not read the answers.
async fn evict_overdue(limiter: &EvictingLimiter, age: Duration) {
    let mut ticks = interval(SWEEP);
    loop {
        ticks.tick().await;
        telemetry::connections_shed("overdue", limiter.evict_older_than(age));
    }
}

/// Returns the service of one connection. It attaches the connection to each request and notes each
/// answer in the connection's slot. While the service drains, each answer carries
/// `Connection: close`, so that the client does not send its next request into a connection that we
/// are about to close.
fn service_of(
    router: TowerToHyperService<Router>,
    connected: Connected,
    draining: Arc<AtomicBool>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> {
    service_fn(move |mut request: Request<Incoming>| {
        let slot = Arc::clone(&connected.slot);
        request.extensions_mut().insert(connected.clone());
        let answer = router.call(request);
        let draining = Arc::clone(&draining);
        async move {
            let mut answer = answer.await?;
            // A stream goes on for as long as its client wants.
            if answer.extensions().get::<Streaming>().is_none() {
                slot.receiving();
            }
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
    slot: Arc<Slot>,
    limits: ConnectionLimits,
    mut phase: watch::Receiver<Phase>,
) {
    let _open = OpenConnection::new(limits.listener);
    // With Nagle's algorithm, answers would wait for TCP acknowledgements. A failure only costs
    // time.
    let _ = stream.set_nodelay(true);
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        _ = &mut connection => return,
        () = slot.evicted() => return,
        _ = phase.wait_for(|phase| *phase != Phase::Serving) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        biased;
        _ = connection => {}
        () = slot.evicted() => {}
        _ = phase.wait_for(|phase| *phase == Phase::Over) => {}
    }
}
