//! Listening, serving and draining.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::info;

use super::limits::body;
use super::limits::connections::{ConnectionLimits, OPERATOR_CONNECTIONS, serve_connections};
use super::readiness::Readiness;
use crate::config::HttpSettings;

/// The most connections that the kernel holds until we accept them. The kernel may hold fewer.
const BACKLOG: u32 = 4096;

/// How long the last answers of the operator listener may take.
const OPERATOR_DRAIN: Duration = Duration::from_secs(1);

/// Both listeners, bound.
#[derive(Debug)]
pub struct Listeners {
    public: TcpListener,
    operator: TcpListener,
}

impl Listeners {
    /// Binds both addresses. An error names the address that is not available.
    pub fn bind(settings: &HttpSettings) -> io::Result<Self> {
        Ok(Self { public: bind(settings.listen)?, operator: bind(settings.operator_listen)? })
    }

    /// Returns the address that providers call.
    pub fn public_address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }

    /// Returns the address that people and monitoring call.
    pub fn operator_address(&self) -> io::Result<SocketAddr> {
        self.operator.local_addr()
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    listen(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections that a service left behind when it ended must not delay the start of the next
    // one.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` resolves, then drains:
///
/// 1. It withdraws readiness and waits for the lame-duck time. From now on each connection ends
///    with its next answer.
/// 2. It closes the public listener, then idle connections.
/// 3. It finishes the requests in progress, within their deadline.
/// 4. It closes the operator listener.
///
/// The operator listener runs on `operator_runtime`, so that a flood of deliveries does not make
/// the service look dead.
pub async fn serve(
    listeners: Listeners,
    public: Router,
    operator: Router,
    readiness: Readiness,
    settings: &HttpSettings,
    operator_runtime: &Handle,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = |listener, connections| ConnectionLimits {
        listener,
        connections,
        head: settings.header_timeout(),
        request: settings.header_timeout() + body::PATIENCE + settings.body_timeout(),
    };
    let (stop_public, public_stopped) = oneshot::channel::<()>();
    let (stop_operator, operator_stopped) = oneshot::channel::<()>();
    let public = tokio::spawn(serve_connections(
        listeners.public,
        public,
        limits("public", settings.max_connections.try_into().unwrap_or(usize::MAX)),
        readiness.draining(),
        async { _ = public_stopped.await },
        settings.drain(),
    ));
    let operator = {
        let _operator = operator_runtime.enter();
        tokio::spawn(serve_connections(
            TcpListener::from_std(listeners.operator.into_std()?)?,
            operator,
            limits("operator", OPERATOR_CONNECTIONS),
            readiness.draining(),
            async { _ = operator_stopped.await },
            OPERATOR_DRAIN,
        ))
    };

    stop.await;
    readiness.drain();
    info!(lame_duck_seconds = settings.lame_duck_seconds, "draining: readiness is withdrawn");
    sleep(settings.lame_duck()).await;
    drop(stop_public);
    let outcome = public.await.map_err(io::Error::other);
    drop(stop_operator);
    operator.await.map_err(io::Error::other)?;
    outcome
}
