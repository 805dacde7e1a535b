//! The feed: refund events in the order of their commits, read page by page after a cursor.
//!
//! What guarantees that nothing is skipped is the table alone: events are numbered under a lock, so
//! whatever commits later has a greater `seq`. A notification only ends a wait early. It may be
//! missed, refused (on a standby) or swallowed (by a pooler), and nothing but time is lost.
//!
//! The library's listener connects again by itself, in the middle of whatever is asked of it, and
//! forgets how to receive when that fails. So here a listener lives as long as its connection and
//! not a moment longer: after any failure the next reading begins with a new one, which listens
//! first and reads then.

use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{Acquire, Connection, Row};
use tokio::time::{sleep, timeout};

use crate::store::{Store, StoreError, StoreErrorKind};

/// Where each recorded group with new events is announced, without any content.
pub const FEED_CHANNEL: &str = "refund_inbox_feed";

/// Events in one reading. It bounds memory: an event is at most about as large as a body may be.
const PAGE: i64 = 200;

/// How long one reading may take. The server ends statements sooner; this is for a server that is
/// gone without a word.
const PATIENCE: Duration = Duration::from_secs(30);

/// One page is one transaction, so that a pooler may give each to another session. Named, because
/// a standby does not offer what a database may have as its default.
const BEGIN: &str = "begin isolation level read committed read only";

/// Which events to read.
#[derive(Clone, Debug)]
pub struct FeedFilter {
    /// Those after this `seq`: the last one that the consumer has taken in.
    pub after: i64,
    /// Only of this account.
    pub account: Option<String>,
}

/// An event as `refunds_v1.refund_events` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEvent {
    /// Its place in the feed.
    pub seq: i64,
    /// All columns of the view as a JSON object on one line, `seq` first.
    pub line: String,
}

/// What one reading brought.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The events, in the order of `seq`; none where all belong to other accounts.
    pub events: Vec<FeedEvent>,
    /// Whether there was nothing more when it was read.
    pub is_last: bool,
}

/// A place in the feed, and the connection that reads on from it.
#[derive(Debug)]
pub struct Feed {
    store: Store,
    account: Option<String>,
    cursor: i64,
    listens: bool,
    listener: Option<PgListener>,
    unheard: Option<StoreError>,
}

impl Store {
    /// The feed from a place onward. It connects when it is first read.
    pub fn feed(&self, filter: FeedFilter) -> Feed {
        Feed {
            store: self.clone(),
            account: filter.account,
            cursor: filter.after,
            listens: false,
            listener: None,
            unheard: None,
        }
    }
}

impl Feed {
    /// The same for a reader who wants to be woken at its end.
    pub fn listening(self) -> Self {
        Self { listens: true, ..self }
    }

    /// Where the next reading begins: everything up to this `seq` has been handed out.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    /// Why nobody wakes this reader, where the server does not let it listen.
    pub fn unheard(&self) -> Option<&StoreError> {
        self.unheard.as_ref()
    }

    /// Reads on. After an error the place is what it was, and the next reading connects anew.
    pub async fn next_page(&mut self) -> Result<FeedPage, StoreError> {
        let rows = self.patiently(Self::read).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        if let Some((seq, _)) = rows.last() {
            self.cursor = *seq;
        }
        let event = |(seq, line): (i64, Option<String>)| Some(FeedEvent { seq, line: line? });
        Ok(FeedPage { events: rows.into_iter().filter_map(event).collect(), is_last })
    }

    /// The greatest `seq` that the database knows.
    pub async fn newest(&mut self) -> Result<Option<i64>, StoreError> {
        self.patiently(async |feed| {
            let newest = sqlx::raw_sql("select max(seq) from refunds_v1.refund_events");
            Ok(newest.fetch_one(feed.connected().await?).await?.try_get(0)?)
        })
        .await
    }

    /// Waits until there may be more: somebody announced it, or `at_most` has passed.
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

    /// Gives the connection up until the next reading. For a listener who does not read, the server
    /// would keep what is announced in its one queue, which has an end.
    pub fn disconnect(&mut self) {
        self.listener = None;
    }

    async fn patiently<T>(
        &mut self,
        ask: impl AsyncFnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = match timeout(PATIENCE, ask(self)).await {
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
        // What these announce is committed, so the reading that follows sees it.
        while listener.next_buffered().is_some() {}
        let mut transaction = listener.acquire().await?.begin_with(BEGIN).await?;
        let rows = sqlx::query_as(include_str!("read_feed.sql"))
            // A pooler may not know a prepared statement the next time.
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
            self.unheard = match listener.listen(FEED_CHANNEL).await.map_err(StoreError::from) {
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
