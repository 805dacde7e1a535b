//! What can be observed of a reader who follows the feed.

use std::time::Duration;

use tracing::{info, warn};

use crate::store::StoreError;

/// The database cannot be read; told once, until it can.
pub fn feed_interrupted(after: i64, error: &StoreError) {
    warn!(after, %error, "the feed is interrupted: connecting again until it goes on here");
}

/// It can be read again.
pub fn feed_goes_on(after: i64) {
    info!(after, "the feed goes on");
}

/// The database wakes nobody: new events are found by looking.
pub fn feed_not_heard(look_every: Duration, error: &StoreError) {
    let look_every_ms = look_every.as_millis();
    warn!(look_every_ms, %error, "LISTEN is refused: looking for new events at intervals");
}

/// The reader is further than the database: it may have come from another one, or from a primary
/// whose newest commits were lost in a failover.
pub fn feed_is_behind_its_reader(after: i64, newest: i64) {
    warn!(
        after,
        newest, "the newest event is older than --after: nothing comes until it is passed"
    );
}
