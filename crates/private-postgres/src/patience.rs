//! Waiting for another process. Nothing announces these moments, so we look again and again.

use std::time::{Duration, Instant};

use super::error::Error;

/// Between two looks. Short, because a start is measured in tenths of a second.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks until `look` finds something, fails, or `limit` has passed.
///
/// Gives what was found, or `None` when the time was up.
pub(super) fn wait_for<T>(
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    #[expect(clippy::disallowed_methods, reason = "a deadline of ours, no time of anybody's")]
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
