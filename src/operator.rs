//! What the API and the console work with.
//!
//! How a handler of either gets what it needs: `api::router` and `console::router` take an
//! [`Operator`] as their state, so a handler asks for `State(operator): State<Operator>`. Its caller
//! is `Extension(caller): Extension<Caller>`, which the guard in `http/operator` has identified. It
//! reads through `operator.readers`, which has all look-ups of the store and whose connections
//! cannot write. Before it shows a body, a header value or a signed text, it calls
//! `caller.require(Permission::SeeBodies)?` and then `operator.note(…)`, which adds a row to the
//! audit. Before it acts, it calls `caller.require(Permission::Act)?`, and it acts through
//! `operator.actions`. The feed's news wake who awaits
//! `operator.announcements.after(seq, at_most)`. The accounts in force are in `operator.accounts.borrow()`. The time is
//! `operator.clock.now()`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::access::{Access, Caller};
use crate::account::Accounts;
use crate::announcements::Announcements;
use crate::clock::Clock;
use crate::config::{Configuration, HttpSettings, QuarantineSettings, RecordingSettings};
use crate::sharing::Shared;
use crate::store::{Action, Counted, Deed, Readers, Row, Store, StoreError};

/// The state of the API and of the console.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Who gets in, and what for.
    pub access: Arc<Access>,
    /// Reads. The connections cannot write.
    pub readers: Readers,
    /// Writes audit rows, and acts. It has one connection, apart from those that record.
    pub actions: Store,
    /// Wakes who waits for new events of the feed.
    pub announcements: Announcements,
    /// The accounts in force. A reload replaces them.
    pub accounts: watch::Receiver<Accounts>,
    /// `[http]`, for the URLs that providers call.
    pub http: Arc<HttpSettings>,
    /// `[recording]`, for replays.
    pub recording: Arc<RecordingSettings>,
    /// `[quarantine]`, whose limits `status` compares with.
    pub quarantine: Arc<QuarantineSettings>,
    /// The clock.
    pub clock: Clock,
    /// The deliveries that the first page draws.
    pub drawn: Arc<Shared<Vec<Counted>>>,
    /// What the page of reports counts.
    pub reported: Arc<Shared<Reported>>,
    draining: Arc<AtomicBool>,
    waiters: Arc<Semaphore>,
}

/// What the page of reports counts.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The totals.
    pub totals: Vec<Row>,
    /// The open refunds by age.
    pub ageing: Vec<Row>,
    /// The refunds of the last days by status.
    pub over_time: Vec<Counted>,
}

/// The most callers that wait at once, in streams and long polls. Each holds a connection.
const MOST_WAITERS: usize = 64;

impl Operator {
    /// Opens the connections of the API and the console beside those of `store`. The caller is on
    /// the runtime that will serve both. `draining` becomes true when the service stops.
    pub fn new(
        configuration: &Configuration,
        store: &Store,
        accounts: watch::Receiver<Accounts>,
        clock: Clock,
        draining: Arc<AtomicBool>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            access: Arc::new(Access::new(&configuration.operator)),
            readers: store.readers()?,
            actions: store.for_actions()?,
            announcements: Announcements::start(store.for_listening()?),
            accounts,
            http: Arc::new(configuration.http.clone()),
            recording: Arc::new(configuration.recording.clone()),
            quarantine: Arc::new(configuration.quarantine.clone()),
            clock,
            drawn: Arc::default(),
            reported: Arc::default(),
            draining,
            waiters: Arc::new(Semaphore::new(MOST_WAITERS)),
        })
    }

    /// Adds a row to the audit: this caller did this to `subject`. Returns its time.
    pub async fn note(
        &self,
        caller: &Caller,
        action: Action,
        subject: &str,
        detail: &str,
    ) -> Result<OffsetDateTime, StoreError> {
        let (at, who, via) = (self.clock.now(), caller.name.as_str(), caller.via.as_str());
        self.actions.note(&Deed { at, who, via, action, subject, detail }).await?;
        Ok(at)
    }

    /// Returns the place of a caller that waits, in a stream or a long poll; `None` if too many do.
    pub fn waiter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.waiters).try_acquire_owned().ok()
    }

    /// Returns whether the service is stopping: whoever waits answers now.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }
}
