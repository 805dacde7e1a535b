//! The signals that stop a service, and the one that makes it reload its configuration.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// Listens for SIGTERM and SIGINT from its creation, so that a signal during a slow start is not
/// lost.
#[derive(Debug)]
pub(super) struct Termination {
    terminate: Signal,
    interrupt: Signal,
}

impl Termination {
    /// Starts listening.
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal and returns its name.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Listens for SIGHUP from its creation, because SIGHUP ends a process that does not listen. A
/// signal during the start takes effect when serving begins; a signal while the service drains has
/// no effect.
#[derive(Debug)]
pub(super) struct Hangup(Signal);

impl Hangup {
    /// Starts listening.
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for the next signal; returns at once if one arrived since the last call.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}
