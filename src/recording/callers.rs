//! The callers that wait for their deliveries to be committed.

use tokio::runtime::Handle;

/// The runtime on which the callers wait. Outcomes are sent from there: waking each caller from
/// another runtime's thread would cost more than everything else.
#[derive(Clone, Debug)]
pub struct Callers {
    runtime: Handle,
}

impl Callers {
    /// Returns the callers that wait on `runtime`.
    pub fn on(runtime: Handle) -> Self {
        Self { runtime }
    }

    /// Runs `send` on the callers' runtime, without waiting for it. If that runtime has ended, no
    /// caller is left.
    pub(super) fn notify(&self, send: impl FnOnce() + Send + 'static) {
        drop(self.runtime.spawn(async move { send() }));
    }
}
