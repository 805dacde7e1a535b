//! `GET /events/stream`: the feed as server-sent events.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::HeaderMap;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};

use super::page::{READ_EVERY, after, seq};
use crate::api::request::{Parameters, require_known};
use crate::api::schemas::{LastEventId, StreamPath};
use crate::api::{Problem, Streaming};
use crate::operator::Operator;
use crate::query::Mistake;
use crate::store::{FeedEvent, FeedFilter};

/// The events of one read. The next read begins only when they are sent.
const PAGE: u32 = 200;

/// How often a stream without events says that it is there. Proxies close a silent connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The shortest pause between two reads at the end of the feed. An event that comes after a longer
/// silence is sent at once. Under load, a read finds the events of the whole pause: a read of a few
/// events costs the database nearly as much as one of a hundred.
const READ_AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// The header in which a client names the last event that it has.
const LAST_EVENT_ID: &str = "last-event-id";

/// Follow the feed
///
/// Server-sent events whose id is `seq` and whose data is the event. A client that lost its
/// connection continues with `Last-Event-ID`, which browsers send by themselves, and misses nothing.
#[utoipa::path(
    get, path = "/events/stream", tag = "events", operation_id = "followFeed",
    params(StreamPath, LastEventId),
    responses(
        (status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        crate::api::schemas::Problems,
    )
)]
pub(in crate::api) async fn stream(
    State(operator): State<Operator>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let after = after(&mut parameters.0)?;
    let account = parameters.0.text("account")?;
    parameters.finish()?;
    require_known(&operator, account.as_deref())?;
    let after = last_event_id(&headers)?.unwrap_or(after);
    let waiter = operator.waiter().ok_or_else(Problem::too_many_wait)?;
    let filter = FeedFilter { after, account };
    let reader = Reader {
        operator,
        filter,
        ready: VecDeque::new(),
        before_reading: Before::Rest(Duration::ZERO),
        _waiter: waiter,
    };
    let events = stream::unfold(reader, async |mut reader: Reader| {
        let event = reader.next().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let mut answer = stream.into_response();
    answer.extensions_mut().insert(Streaming);
    Ok(answer)
}

/// Returns the last event that the client has, if it names one.
fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    let found = seq(&text).ok_or_else(|| {
        Mistake::expected("Last-Event-ID", "the id of an event of this stream", &text)
    })?;
    Ok(Some(found))
}

/// What comes before the next read, when all events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// More events are there already. The reader rests as long as its last read took, so that who
    /// catches up takes half of a core at most.
    Rest(Duration),
    /// The last read found the newest events.
    Pause,
    /// The last read found none.
    Announcement,
}

/// Reads the feed for one client.
struct Reader {
    operator: Operator,
    filter: FeedFilter,
    ready: VecDeque<FeedEvent>,
    before_reading: Before,
    _waiter: OwnedSemaphorePermit,
}

impl Reader {
    /// Waits for the next event. Returns `None` when the service stops: the client connects again.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(FeedEvent { seq, line }) = self.ready.pop_front() {
                return Some(Event::default().id(seq.to_string()).data(line));
            }
            match self.before_reading {
                Before::Rest(rest) => sleep(rest).await,
                Before::Pause => sleep(READ_AT_MOST_EVERY).await,
                Before::Announcement => {
                    self.operator.announcements.after(self.filter.after, READ_EVERY).await;
                }
            }
            if self.operator.is_draining() {
                return None;
            }
            let began = Instant::now();
            match self.operator.readers.feed_page(&self.filter, PAGE).await {
                Ok((page, cursor)) => {
                    self.before_reading = match page.is_last {
                        false => Before::Rest(began.elapsed()),
                        true if cursor > self.filter.after => Before::Pause,
                        true => Before::Announcement,
                    };
                    self.filter.after = cursor;
                    self.ready.extend(page.events);
                }
                // The position is unchanged. The client sees a pause, or connects again.
                Err(error) if error.kind().is_transient() => sleep(READ_EVERY).await,
                Err(error) => {
                    tracing::error!(%error, "a request at the operator listener failed");
                    return None;
                }
            }
        }
    }
}
