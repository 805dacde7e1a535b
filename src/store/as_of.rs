//! Bounds a look at the past: refunds as they were known at a time.

use sqlx::{Postgres, QueryBuilder};
use time::{Duration, OffsetDateTime};

/// How far the clock of a receiver may be ahead of the one that dates the events.
const CLOCK_DIFFERENCE: Duration = Duration::DAY;

/// Writes a condition on the rows `name` of `refunds_as_of`. It holds for each refund that was first
/// received at `since` or later: all its events were recorded after that, so their `seq` is at least
/// that of the first event that was. Without it, all events are read.
pub(super) fn recorded_since(
    statement: &mut QueryBuilder<Postgres>,
    name: &str,
    since: OffsetDateTime,
) {
    let since = since.checked_sub(CLOCK_DIFFERENCE).unwrap_or(since);
    statement.push(format!(
        " and {name}.last_seq >= coalesce((
             select seq from refund_inbox.refund_events where recorded_at >= "
    ));
    statement.push_bind(since).push(" order by recorded_at, seq limit 1), 0)");
}
