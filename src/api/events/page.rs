//! `GET /events`

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};

use crate::api::Problem;
use crate::api::answer;
use crate::api::request::{Parameters, require_known};
use crate::api::schemas::{EventPage, FeedPath};
use crate::operator::Operator;
use crate::query::{Mistake, Words};
use crate::store::{FeedEvent, FeedFilter};

/// The usual and the most events of a page.
const USUAL: u32 = 200;
const MOST: u32 = 1000;

/// The longest wait, in seconds.
const MOST_SECONDS: u32 = 60;

/// How long to wait for an announcement before reading anyway.
pub(super) const READ_EVERY: Duration = Duration::from_secs(1);

/// How long one request may search for events of its account.
const SEARCH_AT_MOST: Duration = Duration::from_secs(5);

/// Read the feed
///
/// Events after `after`, in the order of their `seq`, which is the order of their commits: no event
/// with a smaller `seq` ever comes later. `next` is the position after which more events are there
/// already, or null. With `wait`, an empty page is answered only after so many seconds.
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "readFeed",
    params(FeedPath),
    responses(
        (status = 200, description = "Events", body = EventPage),
        crate::api::schemas::Problems,
    )
)]
pub(in crate::api) async fn page(
    State(operator): State<Operator>,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let words = &mut parameters.0;
    let mut filter = FeedFilter { after: after(words)?, account: words.text("account")? };
    let limit = words.number("limit", 1..=MOST)?.unwrap_or(USUAL);
    let wait = words.number("wait", 0..=MOST_SECONDS)?.unwrap_or_default();
    parameters.finish()?;
    require_known(&operator, filter.account.as_deref())?;
    let deadline = Instant::now() + Duration::from_secs(wait.into());
    let _waiter = match wait {
        0 => None,
        _ => Some(operator.waiter().ok_or_else(Problem::too_many_wait)?),
    };
    loop {
        let (events, more) = read(&operator, &mut filter, limit).await?;
        let is_over = Instant::now() >= deadline || operator.is_draining();
        if !events.is_empty() || more || is_over {
            let next = more.then(|| filter.after.to_string());
            return answer::page(&lines(events)?, next);
        }
        let news = operator.announcements.after(filter.after, READ_EVERY);
        let _ = timeout(deadline.saturating_duration_since(Instant::now()), news).await;
    }
}

/// Reads events after the filter's position, and moves it behind them. Returns whether more may
/// follow.
async fn read(
    operator: &Operator,
    filter: &mut FeedFilter,
    limit: u32,
) -> Result<(Vec<FeedEvent>, bool), Problem> {
    let began = Instant::now();
    let mut events = Vec::new();
    loop {
        let left = limit.saturating_sub(u32::try_from(events.len()).unwrap_or(limit));
        let (page, cursor) = operator.readers.feed_page(filter, left).await?;
        filter.after = cursor;
        events.extend(page.events);
        if page.is_last {
            return Ok((events, false));
        }
        let is_full = u32::try_from(events.len()).is_ok_and(|found| found >= limit);
        if is_full || began.elapsed() > SEARCH_AT_MOST {
            return Ok((events, true));
        }
    }
}

/// Takes the position out of the parameters.
pub(super) fn after(words: &mut Words) -> Result<i64, Mistake> {
    let Some(text) = words.text("after")? else { return Ok(0) };
    seq(&text).ok_or_else(|| Mistake::expected("after", "the seq of an event, or 0", &text))
}

/// Reads a position.
pub(super) fn seq(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn lines(events: Vec<FeedEvent>) -> Result<Vec<Box<RawValue>>, Problem> {
    let line = |event: FeedEvent| RawValue::from_string(event.line).map_err(|_| Problem::bug());
    events.into_iter().map(line).collect()
}
