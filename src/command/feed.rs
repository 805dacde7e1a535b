//! `feed`: prints refund events as JSON lines, in commit order.

use std::ops::ControlFlow;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};

use super::Failure;
use super::arguments::FeedOptions;
use super::database::{Database, Sharing};
use super::list::require_account;
use super::setup::{configuration, start_telemetry};
use super::signals::Termination;
use super::terminal::printable::printable_json;
use super::terminal::stdout_writer::{self, StdoutWriter};
use crate::store::{Feed, FeedEvent, FeedFilter, StoreError};
use crate::telemetry;

/// How long to wait for an announcement before polling. Without announcements, an event is printed
/// at most this late.
const POLL_EVERY: Duration = Duration::from_secs(1);

/// The shortest interval between two reads at the end of the feed. Under load, every group is
/// announced.
const READ_AT_MOST_EVERY: Duration = Duration::from_millis(20);

/// How long the consumer may leave a page unread before the command closes its database connection.
const CONSUMER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the command finishes writing a page after a signal.
const LAST_PAGE_TIMEOUT: Duration = Duration::from_secs(1);

/// The pauses between attempts to connect: the first one, which doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn run(config: Option<&Path>, options: &FeedOptions) -> Result<(), Failure> {
    let from = From::of(options)?;
    let configuration = configuration(config)?;
    // A consumer's configuration may name the database only.
    if !configuration.accounts.is_empty() {
        require_account(&configuration.accounts, options.account.as_deref())?;
    }
    start_telemetry(&configuration)?;
    let mut termination = Termination::listen()?;
    let sharing = if options.follow { Sharing::Attached } else { Sharing::LookUp };
    let database = Database::open(&configuration, sharing).await?;
    let stdout = StdoutWriter::start()?;
    let print = async {
        if options.follow {
            database.wait(&configuration.database).await?;
        }
        let after = from.position(&database, options.account.clone()).await?;
        Reader::new(&database, &stdout, options, after).print().await
    };
    let outcome = tokio::select! {
        outcome = print => outcome,
        _ = termination.next() => {
            // Pages are written in order, so this waits for the page in progress.
            let _ = timeout(LAST_PAGE_TIMEOUT, stdout.write(String::new())).await;
            Ok(())
        }
    };
    database.close().await?;
    outcome
}

/// Where the command begins to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// After this `seq`.
    After(i64),
    /// After the newest event.
    Now,
    /// With the last events, this many.
    Last(i64),
}

impl From {
    fn of(options: &FeedOptions) -> Result<Self, Failure> {
        if let Some(last) = options.last {
            return Ok(Self::Last(last));
        }
        let text = options.after.as_deref().unwrap_or_default();
        let seq = text.parse().ok().filter(|seq: &i64| *seq >= 0);
        match (text, seq) {
            ("now", _) => Ok(Self::Now),
            (_, Some(seq)) => Ok(Self::After(seq)),
            (_, None) => Err(Failure::Usage(format!(
                "--after: expected the seq of an event, 0 or now, found {text:?}"
            ))),
        }
    }

    /// Returns the `seq` after which to read.
    async fn position(self, database: &Database, account: Option<String>) -> Result<i64, Failure> {
        let events = match self {
            Self::After(seq) => return Ok(seq),
            Self::Now => 0,
            Self::Last(events) => events,
        };
        let filter = FeedFilter { after: 0, account };
        Ok(database.store.feed(filter).before_last(events).await?)
    }
}

/// Copies events from the feed to standard output.
struct Reader<'a> {
    feed: Feed,
    stdout: &'a StdoutWriter,
    is_following: bool,
    /// How many events may still be printed.
    left: u64,
    /// The next pause before connecting; `None` while the connection works.
    next_pause: Option<Duration>,
    /// Whether the cursor has been compared with the newest event since the last connection.
    is_compared: bool,
    has_logged_polling: bool,
    at_the_end: Interval,
}

impl<'a> Reader<'a> {
    fn new(
        database: &Database,
        stdout: &'a StdoutWriter,
        options: &FeedOptions,
        after: i64,
    ) -> Self {
        let filter = FeedFilter { after, account: options.account.clone() };
        let feed = database.store.feed(filter);
        let feed = if options.follow && !options.no_listen { feed.listening() } else { feed };
        let mut at_the_end = interval(READ_AT_MOST_EVERY);
        at_the_end.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            feed,
            stdout,
            is_following: options.follow,
            left: options.limit.unwrap_or(u64::MAX),
            next_pause: None,
            is_compared: false,
            has_logged_polling: false,
            at_the_end,
        }
    }

    async fn print(mut self) -> Result<(), Failure> {
        loop {
            if stdout_writer::is_closed() {
                return Err(Failure::OutputClosed);
            }
            match self.print_page().await {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(()),
                Err(Failure::Store(error)) if self.is_following && error.kind().is_transient() => {
                    self.pause(&error).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn print_page(&mut self) -> Result<ControlFlow<()>, Failure> {
        let page = self.feed.next_page().await?;
        if self.next_pause.take().is_some() {
            telemetry::feed_resumed(self.feed.cursor());
        }
        self.is_compared |= !page.events.is_empty();
        self.write(page.events).await?;
        if self.left == 0 {
            return Ok(ControlFlow::Break(()));
        }
        if !page.is_last {
            return Ok(ControlFlow::Continue(()));
        }
        if !std::mem::replace(&mut self.is_compared, true) {
            self.compare_with_newest().await?;
        }
        if !self.is_following {
            return Ok(ControlFlow::Break(()));
        }
        if let Some(error) = self.feed.listen_error()
            && !std::mem::replace(&mut self.has_logged_polling, true)
        {
            telemetry::feed_not_announced(POLL_EVERY, error);
        }
        self.feed.wait(POLL_EVERY).await?;
        self.at_the_end.tick().await;
        Ok(ControlFlow::Continue(()))
    }

    async fn write(&mut self, mut events: Vec<FeedEvent>) -> Result<(), Failure> {
        events.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        if events.is_empty() {
            return Ok(());
        }
        self.left -= u64::try_from(events.len()).unwrap_or(self.left);
        let mut lines = String::new();
        for event in events {
            lines.push_str(&printable_json(&event.line));
            lines.push('\n');
        }
        let mut written = pin!(self.stdout.write(lines));
        if let Ok(outcome) = timeout(CONSUMER_TIMEOUT, &mut written).await {
            return outcome;
        }
        self.feed.disconnect();
        written.await
    }

    async fn compare_with_newest(&mut self) -> Result<(), StoreError> {
        let newest = self.feed.newest().await?.unwrap_or_default();
        if newest < self.feed.cursor() {
            telemetry::reader_ahead_of_feed(self.feed.cursor(), newest);
        }
        Ok(())
    }

    async fn pause(&mut self, error: &StoreError) {
        if self.next_pause.is_none() {
            telemetry::feed_interrupted(self.feed.cursor(), error);
        }
        let pause = self.next_pause.unwrap_or(FIRST_PAUSE);
        self.next_pause = Some((pause * 2).min(LONGEST_PAUSE));
        self.is_compared = false;
        sleep(pause).await;
    }
}
