//! The signals that end a service, and the one that makes it read its configuration again.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// SIGTERM and SIGINT, listened for from the moment this is made: one that comes during a slow
/// start is not lost.
#[derive(Debug)]
pub(super) struct Termination {
    terminate: Signal,
    interrupt: Signal,
}

impl Termination {
    /// Begins to listen.
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Resolves at the next signal and names it.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// SIGHUP, listened for from the moment this is made: one that comes during the start is heard when
/// serving begins, and one that comes while the service drains does nothing, where either would end
/// a process that does not listen.
#[derive(Debug)]
pub(super) struct Hangup(Signal);

impl Hangup {
    /// Begins to listen.
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Resolves at the next signal, or at once when one came since the last.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}
