//! Listening, serving and draining.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::time::sleep;
use tracing::info;

use super::Readiness;
use crate::config::HttpSettings;

/// The largest request head, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;

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

/// Serves until `stop` resolves, then drains: readiness goes first, then new connections, then
/// what is in hand, within its deadline. The operator's listener goes last.
pub async fn serve(
    listeners: Listeners,
    public: Router,
    operator: Router,
    readiness: Readiness,
    settings: &HttpSettings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (public_handle, operator_handle) = (Handle::new(), Handle::new());
    let public = run(listeners.public, public, public_handle.clone(), settings)?;
    let operator = run(listeners.operator, operator, operator_handle.clone(), settings)?;
    let (public, operator) = (tokio::spawn(public), tokio::spawn(operator));

    stop.await;
    readiness.drain();
    info!(lame_duck_seconds = settings.lame_duck_seconds, "draining: readiness is withdrawn");
    sleep(settings.lame_duck()).await;
    public_handle.graceful_shutdown(Some(settings.drain()));
    let outcome = public.await.map_err(io::Error::other)?;
    operator_handle.shutdown();
    operator.await.map_err(io::Error::other)??;
    outcome
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
