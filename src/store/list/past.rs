//! Narrows a list of the past, which would otherwise read every event up to its time.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::condition::{Condition, ListedTime};
use super::cursor::Sort;
use super::query::ListQuery;

/// How far back the newest refunds are searched, one span after the other.
const SPANS: [Duration; 3] = [Duration::HOUR, Duration::DAY, Duration::WEEK];

/// Returns narrower queries, in the order in which to try them. If one fills the page and knows that
/// more rows follow, the page is that of the whole list. Returns none if the list is not of the past,
/// not sorted by its time of receipt with the newest first, or bounded already.
pub(super) fn narrowed(query: &ListQuery) -> Vec<ListQuery> {
    let received = ListedTime::Received;
    let is_bounded = query
        .conditions
        .iter()
        .any(|one| matches!(one, Condition::Since(by, _) if *by == received));
    let Some(at) = query.as_of else { return Vec::new() };
    if is_bounded || query.sort != Sort::newest_first(query.listed) {
        return Vec::new();
    }
    // No row of the page is received after these times.
    let untils = query.conditions.iter().filter_map(|one| {
        let Condition::Until(by, until) = one else { return None };
        (*by == received).then_some(*until)
    });
    let position = query.after.as_ref().and_then(|cursor| cursor.value.as_deref());
    let position = position.and_then(|value| OffsetDateTime::parse(value, &Rfc3339).ok());
    let end = untils.chain(position).fold(at, OffsetDateTime::min);
    let narrow = |span: &Duration| {
        let mut query = query.clone();
        query.conditions.push(Condition::Since(received, end.checked_sub(*span)?));
        Some(query)
    };
    SPANS.iter().filter_map(narrow).collect()
}
