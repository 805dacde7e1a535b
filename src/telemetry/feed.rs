//! Log lines and metrics of a command that follows the feed.

use std::fmt::Display;
use std::time::Duration;

use tracing::{info, warn};

/// Records that the database cannot be read. The command calls it once for each interruption.
pub fn feed_interrupted(after: i64, error: &dyn Display) {
    warn!(after, %error, "feed interrupted: connecting again until it can continue");
}

/// Records that the database can be read again.
pub fn feed_resumed(after: i64) {
    info!(after, "feed resumed");
}

/// Records that the database does not announce new events, so that the command polls for them.
pub fn feed_not_announced(poll_every: Duration, error: &dyn Display) {
    let poll_every_ms = poll_every.as_millis();
    warn!(poll_every_ms, %error, "the database refuses LISTEN: polling for new events");
}

/// Records that the reader's cursor is ahead of the newest event. The cursor may come from another
/// database, or from a primary that lost its newest commits in a failover.
pub fn reader_ahead_of_feed(after: i64, newest: i64) {
    warn!(
        after,
        newest, "--after is ahead of the feed: no event is printed until the feed passes it"
    );
}
