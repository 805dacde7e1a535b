//! Listening, serving and draining.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum_server::Handle;
use http::HeaderValue;
use http::header::CONNECTION;
use hyper_util::rt::TokioTimer;
use tokio::time::{sleep, timeout};
use tracing::info;

use super::Readiness;
use crate::config::HttpSettings;

/// The largest request head, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;

/// How long connections that are idle at the end are kept for a request that may be under way.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How often it is looked whether the last connection has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Both listeners, bound.
#[derive(Debug)]
pub struct Listeners {
    public: TcpListener,
    operator: TcpListener,
}

impl Listeners {
    /// Binds both addresses; an error names the one that cannot be had.
    pub fn bind(settings: &HttpSettings) -> io::Result<Self> {
        Ok(Self { public: bind(settings.listen)?, operator: bind(settings.operator_listen)? })
    }

    /// Where providers call.
    pub fn public_address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }

    /// Where people and monitoring call.
    pub fn operator_address(&self) -> io::Result<SocketAddr> {
        self.operator.local_addr()
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until `stop` resolves, then drains: readiness goes first, and connections end with their
/// next answer; then the listener goes, then idle connections, then what is in hand, within its
/// deadline. The operator's listener goes last.
pub async fn serve(
    listeners: Listeners,
    public: Router,
    operator: Router,
    readiness: Readiness,
    settings: &HttpSettings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let public = with_last_words(public, readiness.clone());
    let (public_handle, operator_handle) = (Handle::new(), Handle::new());
    let public = run(listeners.public, public, public_handle.clone(), settings)?;
    let operator = run(listeners.operator, operator, operator_handle.clone(), settings)?;
    let (public, operator) = (tokio::spawn(public), tokio::spawn(operator));

    stop.await;
    readiness.drain();
    info!(lame_duck_seconds = settings.lame_duck_seconds, "draining: readiness is withdrawn");
    sleep(settings.lame_duck()).await;
    // The listener goes with its task; connections are tasks of their own.
    public.abort();
    let _ = timeout(LAST_REQUESTS, until_unconnected(&public_handle)).await;
    public_handle.graceful_shutdown(None);
    let _ = timeout(settings.drain(), until_unconnected(&public_handle)).await;
    public_handle.shutdown();
    operator_handle.shutdown();
    operator.await.map_err(io::Error::other)?
}

/// Nothing announces the end of the last connection.
async fn until_unconnected(handle: &Handle<SocketAddr>) {
    while handle.connection_count() > 0 {
        sleep(LOOK).await;
    }
}

/// While we drain, each answer says that it is the connection's last. When we close a connection
/// between two requests, the next one may be under way; whoever was told sends it elsewhere.
fn with_last_words(public: Router, readiness: Readiness) -> Router {
    public.layer(map_response(move |mut response: Response| {
        if readiness.is_draining() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        std::future::ready(response)
    }))
}

fn run(
    listener: TcpListener,
    router: Router,
    handle: Handle<SocketAddr>,
    settings: &HttpSettings,
) -> io::Result<impl Future<Output = io::Result<()>> + use<>> {
    let mut server = axum_server::from_tcp(listener)?.http1_only().handle(handle);
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout())
        .max_buf_size(LARGEST_HEAD);
    Ok(server.serve(router.into_make_service_with_connect_info::<SocketAddr>()))
}
