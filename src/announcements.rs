//! Announces new events of the feed to everybody in this process who waits for them, over one
//! connection that listens for notifications of the database.
//!
//! An announcement is never the truth: who is woken reads the feed. If the database does not let us
//! listen, or a notification is lost, the announcement comes within a second.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use crate::store::{FeedFilter, Readers, StoreError};

/// How long to wait for a notification before asking.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// The shortest interval between two questions. Under load, every group is announced.
const ASK_AT_MOST_EVERY: Duration = Duration::from_millis(20);

/// The newest `seq` of the feed, as far as this process knows.
#[derive(Clone, Debug)]
pub struct Announcements {
    newest: watch::Sender<i64>,
    /// Wakes the task when somebody begins to wait.
    wanted: Arc<Notify>,
}

impl Announcements {
    /// Starts the task that listens, on the runtime of the caller. It works only while somebody
    /// waits.
    pub fn start(store: Readers) -> Self {
        let announcements = Self { newest: watch::Sender::new(0), wanted: Arc::default() };
        tokio::spawn(announcements.clone().announce(store));
        announcements
    }

    /// Returns the newest `seq` that was announced. There may be newer ones while nobody waits.
    pub fn known(&self) -> i64 {
        *self.newest.borrow()
    }

    /// Waits until the feed may have events after `seq`, at most for `at_most`.
    pub async fn after(&self, seq: i64, at_most: Duration) {
        let mut newest = self.newest.subscribe();
        self.wanted.notify_one();
        // `self` owns the sender, so it is never gone.
        let _ = timeout(at_most, newest.wait_for(|newest| *newest > seq)).await;
    }

    async fn announce(self, store: Readers) {
        let mut feed = store.feed(FeedFilter { after: 0, account: None }).listening();
        loop {
            if self.newest.receiver_count() == 0 {
                feed.disconnect();
                self.wanted.notified().await;
                continue;
            }
            let asked: Result<(), StoreError> = async {
                let newest = feed.newest().await?.unwrap_or_default();
                self.newest.send_if_modified(|known| std::mem::replace(known, newest) != newest);
                feed.wait(ASK_EVERY).await
            }
            .await;
            // Who waits reads the feed in the end, and notices the failure of the database.
            sleep(if asked.is_ok() { ASK_AT_MOST_EVERY } else { ASK_EVERY }).await;
        }
    }
}
