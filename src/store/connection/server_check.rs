//! Notes that the servers must be checked before the selected one is used again.

use tokio::sync::watch;

/// A request to check the servers, shared by everything that uses connections.
#[derive(Clone, Debug)]
pub(in crate::store) struct ServerCheck {
    is_needed: bool,
    is_due: watch::Sender<bool>,
}

impl ServerCheck {
    /// Creates a check that is due at once, because no server was checked yet. `is_needed` is false
    /// if there is only one server to select. Then a check is never due.
    pub(in crate::store) fn new(is_needed: bool) -> Self {
        Self { is_needed, is_due: watch::Sender::new(is_needed) }
    }

    /// Returns whether a check can ever be due.
    pub(in crate::store) fn is_needed(&self) -> bool {
        self.is_needed
    }

    /// Requests a check before the next connection is used.
    pub(in crate::store) fn request(&self) {
        if self.is_needed {
            self.is_due.send_replace(true);
        }
    }

    /// Notes that the servers were checked.
    pub(in crate::store) fn done(&self) {
        self.is_due.send_replace(false);
    }

    /// Returns whether a check is due.
    pub(in crate::store) fn is_due(&self) -> bool {
        *self.is_due.borrow()
    }

    /// Waits until a check is due.
    pub(in crate::store) async fn until_due(&self) {
        // `self` owns the sender, so it is never gone.
        let _ = self.is_due.subscribe().wait_for(|is_due| *is_due).await;
    }
}
