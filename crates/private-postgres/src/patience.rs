//! Waits for another process by polling, because nothing announces these moments.

use std::time::{Duration, Instant};

use super::error::Error;

/// The pause between two polls. It is short, because a start takes tenths of a second.
const PAUSE: Duration = Duration::from_millis(5);

/// Calls `look` until it finds something, fails, or `limit` has passed.
///
/// Returns what `look` found, or `None` after the limit.
pub(super) fn wait_for<T>(
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "measures a timeout, which is no input of a decision about data"
    )]
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        if started.elapsed() >= limit {
            return Ok(None);
        }
        std::thread::sleep(PAUSE);
    }
}
