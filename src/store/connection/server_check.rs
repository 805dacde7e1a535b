//! Whether the server that the store works with has to be asked before it is used again.

use tokio::sync::watch;

/// ServerCheck about the chosen server, shared by all who work with it.
#[derive(Clone, Debug)]
pub(in crate::store) struct ServerCheck {
    is_possible: bool,
    is_cast: watch::Sender<bool>,
}

impl ServerCheck {
    /// Begins in doubt: no server has been asked yet. Where there is nothing to choose from, no
    /// doubt is possible.
    pub(in crate::store) fn new(is_possible: bool) -> Self {
        Self { is_possible, is_cast: watch::Sender::new(is_possible) }
    }

    /// Whether there can be any.
    pub(in crate::store) fn is_possible(&self) -> bool {
        self.is_possible
    }

    /// Whoever takes a connection, or waits for one, asks the servers first.
    pub(in crate::store) fn cast(&self) {
        if self.is_possible {
            self.is_cast.send_replace(true);
        }
    }

    /// The servers have been asked.
    pub(in crate::store) fn end(&self) {
        self.is_cast.send_replace(false);
    }

    /// Whether there is any now.
    pub(in crate::store) fn is_cast(&self) -> bool {
        *self.is_cast.borrow()
    }

    /// Resolves when there is some.
    pub(in crate::store) async fn until_cast(&self) {
        // An error would mean that the sender is gone, but it is ours.
        let _ = self.is_cast.subscribe().wait_for(|is_cast| *is_cast).await;
    }
}
