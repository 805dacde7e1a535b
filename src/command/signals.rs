//! The signals that end a service.

use tokio::signal::unix::{SignalKind, signal};

use super::Failure;

/// Resolves at SIGTERM or SIGINT and names it. Listens from the moment it is made, not only once
/// it is awaited, so that a signal during a slow start is not lost.
pub(super) fn termination() -> Result<impl Future<Output = &'static str>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}
