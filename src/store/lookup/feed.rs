//! The feed: reads refund events in the order of their commits, page by page after a cursor.
//!
//! The table alone guarantees that a reader skips no event: events are numbered under a lock, so an
//! event that commits later has a greater `seq`. A notification only ends a wait early. If it is
//! missed, refused (by a standby) or swallowed (by a pooler), the reader loses time and nothing
//! else.
//!
//! The listener of sqlx reconnects by itself in the middle of an operation, and cannot receive any
//! more if that fails. So a listener lives exactly as long as its connection. After a failure the
//! next read begins with a new listener, which first listens and then reads.

use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{Acquire, Connection, Row};
use tokio::time::{sleep, timeout};

use crate::store::{Store, StoreError, StoreErrorKind};

/// The channel on which each recorded group with new events is announced, without content.
pub const FEED_CHANNEL: &str = "refund_inbox_feed";

/// The number of events in a page. It bounds memory: an event is at most about as large as a body.
const PAGE: i64 = 200;

/// How long one read may take. The server cancels a statement sooner than this; the limit is for a
/// server that is silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Begins the transaction of a page. Each page has its own, so that a pooler may run each in
/// another session. The isolation level is explicit, because a standby does not support every level
/// that a database may have as its default.
const BEGIN: &str = "begin isolation level read committed read only";

/// Selects the events to read.
#[derive(Clone, Debug)]
pub struct FeedFilter {
    /// Only events after this `seq`, which is the last one that the consumer has processed.
    pub after: i64,
    /// Only events of this account.
    pub account: Option<String>,
}

/// An event as the view `refunds_v1.refund_events` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEvent {
    /// Its position in the feed.
    pub seq: i64,
    /// All columns of the view as a JSON object on one line, `seq` first.
    pub line: String,
}

/// The result of one read.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The events, in the order of `seq`. Empty if all of them belong to other accounts.
    pub events: Vec<FeedEvent>,
    /// Whether the feed had no further events at the time of the read.
    pub is_last: bool,
}

/// A position in the feed, and the connection that reads from there.
#[derive(Debug)]
pub struct Feed {
    store: Store,
    account: Option<String>,
    cursor: i64,
    listens: bool,
    listener: Option<PgListener>,
    /// Why the server refused to let this reader listen.
    listen_error: Option<StoreError>,
}

impl Store {
    /// Returns the feed from a position onward. It connects at the first read.
    pub fn feed(&self, filter: FeedFilter) -> Feed {
        Feed {
            store: self.clone(),
            account: filter.account,
            cursor: filter.after,
            listens: false,
            listener: None,
            listen_error: None,
        }
    }
}

impl Store {
    /// Returns a page of the feed of at most `limit` events, and the position after it. It needs a
    /// connection only meanwhile.
    pub async fn feed_page(
        &self,
        filter: &FeedFilter,
        limit: u32,
    ) -> Result<(FeedPage, i64), StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<(i64, Option<String>)> = sqlx::query_as(include_str!("read_feed.sql"))
            .persistent(false)
            .bind(filter.after)
            .bind(i64::from(limit))
            .bind(&filter.account)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        let is_last = u32::try_from(rows.len()).is_ok_and(|rows| rows < limit);
        let cursor = rows.last().map_or(filter.after, |(seq, _)| *seq);
        Ok((FeedPage { events: events(rows), is_last }, cursor))
    }
}

/// Returns those rows that are events of the account.
fn events(rows: Vec<(i64, Option<String>)>) -> Vec<FeedEvent> {
    let event = |(seq, line): (i64, Option<String>)| Some(FeedEvent { seq, line: line? });
    rows.into_iter().filter_map(event).collect()
}

impl Feed {
    /// Returns the same feed, with notifications that end its waits early.
    pub fn listening(self) -> Self {
        Self { listens: true, ..self }
    }

    /// Returns the position of the next read: all events up to this `seq` were returned.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    /// Returns why this reader gets no notifications, if the server does not let it listen.
    pub fn listen_error(&self) -> Option<&StoreError> {
        self.listen_error.as_ref()
    }

    /// Reads the next page. After an error the position is unchanged, and the next read reconnects.
    pub async fn next_page(&mut self) -> Result<FeedPage, StoreError> {
        let rows = self.with_timeout(Self::read).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        if let Some((seq, _)) = rows.last() {
            self.cursor = *seq;
        }
        Ok(FeedPage { events: events(rows), is_last })
    }

    /// Returns the greatest `seq` in the feed, or `None` if the feed is empty.
    pub async fn newest(&mut self) -> Result<Option<i64>, StoreError> {
        self.with_timeout(async |feed| {
            let newest = sqlx::raw_sql("select max(seq) from refunds_v1.refund_events");
            Ok(newest.fetch_one(feed.connected().await?).await?.try_get(0)?)
        })
        .await
    }

    /// Returns the `seq` after which the last `events` events of the account come.
    pub async fn before_last(&mut self, events: i64) -> Result<i64, StoreError> {
        let newest = self.newest().await?.unwrap_or_default();
        if events == 0 {
            return Ok(newest);
        }
        let first: Option<i64> = self
            .with_timeout(async |feed| {
                let account = feed.account.clone();
                let first = sqlx::query_scalar(include_str!("last_events.sql"))
                    .persistent(false)
                    .bind(account)
                    .bind(newest)
                    .bind(events);
                let listener = feed.connected().await?;
                Ok(first.fetch_one(listener.acquire().await?).await?)
            })
            .await?;
        Ok(first.map_or(newest, |first| first - 1))
    }

    /// Waits until there may be new events: until a notification arrives or `at_most` has passed.
    pub async fn wait(&mut self, at_most: Duration) -> Result<(), StoreError> {
        let Some(listener) = &mut self.listener else {
            sleep(at_most).await;
            return Ok(());
        };
        let Ok(received) = timeout(at_most, listener.try_recv()).await else { return Ok(()) };
        let outcome = match received {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => Err(StoreError::unreachable("the connection was lost")),
            Err(error) => Err(error.into()),
        };
        self.disconnect();
        outcome
    }

    /// Closes the connection until the next read. The server keeps notifications for a listener
    /// that does not read them, in one bounded queue for all clients.
    pub fn disconnect(&mut self) {
        self.listener = None;
    }

    /// Runs a task within [`PATIENCE`]. Disconnects after a failure.
    async fn with_timeout<T>(
        &mut self,
        task: impl AsyncFnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = match timeout(PATIENCE, task(self)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let message = format!("no answer within {} s", PATIENCE.as_secs());
                Err(StoreError::unreachable(message))
            }
        };
        if outcome.is_err() {
            self.disconnect();
        }
        outcome
    }

    async fn read(&mut self) -> Result<Vec<(i64, Option<String>)>, StoreError> {
        let (cursor, account) = (self.cursor, self.account.clone());
        let listener = self.connected().await?;
        // The events that these notifications announce are committed, so this read sees them.
        while listener.next_buffered().is_some() {}
        let mut transaction = listener.acquire().await?.begin_with(BEGIN).await?;
        let rows = sqlx::query_as(include_str!("read_feed.sql"))
            // Behind a pooler, the next session may not know a prepared statement.
            .persistent(false)
            .bind(cursor)
            .bind(PAGE)
            .bind(account)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(rows)
    }

    async fn connected(&mut self) -> Result<&mut PgListener, StoreError> {
        let listener = match self.listener.take() {
            Some(listener) => listener,
            None => self.connect().await?,
        };
        Ok(self.listener.insert(listener))
    }

    async fn connect(&mut self) -> Result<PgListener, StoreError> {
        let servers = &self.store.servers;
        let pool = servers.selected_pool().await?;
        let connected = PgListener::connect_with(&pool).await;
        let mut listener = connected.map_err(|error| servers.not_acquired(&pool, error))?;
        listener.eager_reconnect(false);
        if self.listens {
            self.listen_error = match listener.listen(FEED_CHANNEL).await.map_err(StoreError::from)
            {
                Ok(()) => None,
                Err(error) => match error.kind() {
                    StoreErrorKind::ReadOnly | StoreErrorKind::Rejected => Some(error),
                    StoreErrorKind::Unreachable
                    | StoreErrorKind::Repeated
                    | StoreErrorKind::Contention
                    | StoreErrorKind::Timeout
                    | StoreErrorKind::Exhausted
                    | StoreErrorKind::Content
                    | StoreErrorKind::Corrupt
                    | StoreErrorKind::Superseded => return Err(error),
                },
            };
        }
        Ok(listener)
    }
}
