//! Group commit: commits a group of deliveries, and sends the outcomes to the callers that wait.
//!
//! The group is committed as a whole. After a transient error it is tried again, as long as a
//! caller still waits. If the database refuses the content of a delivery, each delivery of the
//! group is committed alone; a delivery that the database refuses even then is kept for repair.

use std::time::{Duration, Instant as Began};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use super::callers::Callers;
use super::not_recorded::NotRecorded;
use crate::store::{DeliveryRecord, Store, StoreError, StoreErrorKind};
use crate::telemetry;
use refund_providers::contract::Outcome;

/// The first pause before a group is tried again. Each pause is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest pause between two attempts.
const LAST_PAUSE: Duration = Duration::from_millis(320);

/// A delivery that waits for its commit.
#[derive(Debug)]
pub(super) struct Waiting {
    pub record: DeliveryRecord,
    /// Sends the outcome to its caller.
    pub outcome: oneshot::Sender<Result<Outcome, NotRecorded>>,
    /// When its caller stops waiting.
    pub deadline: Instant,
    /// Its part of the memory for all waiting deliveries, released with it.
    pub _bytes: Option<OwnedSemaphorePermit>,
}

impl Waiting {
    /// Sends the outcome to the caller.
    fn finish(self, outcome: Result<Outcome, NotRecorded>) {
        // If the caller is gone, the provider's next attempt is a duplicate.
        let _ = self.outcome.send(outcome);
    }

    /// Returns whether the caller is gone.
    fn is_abandoned(&self) -> bool {
        self.outcome.is_closed()
    }
}

/// Commits a group without a queue, within `deadline`. Returns the outcome of each delivery, in
/// order.
pub async fn commit_group(
    store: Store,
    records: Vec<DeliveryRecord>,
    deadline: Duration,
) -> Vec<Result<Outcome, NotRecorded>> {
    let deadline = Instant::now() + deadline;
    let (waiting, receivers): (Vec<_>, Vec<_>) = records
        .into_iter()
        .map(|record| {
            let (outcome, receiver) = oneshot::channel();
            (Waiting { record, outcome, deadline, _bytes: None }, receiver)
        })
        .unzip();
    commit_waiting(store, waiting, Callers::on(Handle::current())).await;
    let mut outcomes = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        outcomes.push(receiver.await.unwrap_or(Err(NotRecorded::Stopped)));
    }
    outcomes
}

/// Commits a group, and sends every caller its outcome before its deadline.
pub(super) async fn commit_waiting(store: Store, waiting: Vec<Waiting>, callers: Callers) {
    let group = Group::new(waiting, callers.clone());
    for refused in group.commit(&store).await {
        Group::new(vec![refused], callers.clone()).commit_alone(&store).await;
    }
}

/// The deliveries of a group that have no outcome yet.
struct Group {
    waiting: Vec<Waiting>,
    /// Whether an earlier attempt may have been committed. If so, the group is read back before the
    /// next attempt.
    outcome_unknown: bool,
    /// The pause before the next attempt.
    pause: Duration,
    callers: Callers,
}

/// Why an attempt left some callers without an outcome.
enum AttemptError {
    /// The error is transient, so another attempt may succeed.
    Transient(StoreError),
    /// The database refuses the content of a delivery.
    Refused(StoreError),
    /// Another replay of one of the deliveries was committed first.
    Superseded(StoreError),
    /// The program has a bug, or the schema is not migrated.
    Failed(StoreError),
}

impl From<StoreError> for AttemptError {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unreachable
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::Repeated
            | StoreErrorKind::Contention
            | StoreErrorKind::Timeout
            | StoreErrorKind::Exhausted => Self::Transient(error),
            StoreErrorKind::Content | StoreErrorKind::Corrupt => Self::Refused(error),
            StoreErrorKind::Superseded => Self::Superseded(error),
            StoreErrorKind::Rejected => Self::Failed(error),
        }
    }
}

impl Group {
    fn new(waiting: Vec<Waiting>, callers: Callers) -> Self {
        Self { waiting, outcome_unknown: false, pause: FIRST_PAUSE, callers }
    }

    /// Commits the group. Returns the deliveries that must be committed one by one.
    async fn commit(mut self, store: &Store) -> Vec<Waiting> {
        loop {
            match self.attempt(store).await {
                Ok(()) => return Vec::new(),
                Err(AttemptError::Transient(error)) => self.wait(&error).await,
                Err(AttemptError::Refused(error) | AttemptError::Superseded(error)) => {
                    telemetry::group_split(self.waiting.len(), &error);
                    return self.waiting;
                }
                Err(AttemptError::Failed(error)) => self.fail(&error),
            }
        }
    }

    /// Commits the only delivery of a group. If the database refuses its content, keeps the
    /// delivery for repair: it is authentic, and the database would refuse it again if the provider
    /// sent it again.
    async fn commit_alone(mut self, store: &Store) {
        let mut is_for_repair = false;
        loop {
            match self.attempt(store).await {
                Ok(()) => return,
                Err(AttemptError::Transient(error)) => self.wait(&error).await,
                Err(AttemptError::Refused(error)) => {
                    if is_for_repair || !self.keep_for_repair(&error) {
                        self.fail(&error);
                    }
                    is_for_repair = true;
                }
                // This is not a failure: two people replay the same delivery.
                Err(AttemptError::Superseded(error)) => self.give_up_all(&error),
                Err(AttemptError::Failed(error)) => self.fail(&error),
            }
        }
    }

    /// Tries to commit the deliveries whose callers still wait. After the commit, sends
    /// them the outcomes.
    async fn attempt(&mut self, store: &Store) -> Result<(), AttemptError> {
        if self.outcome_unknown {
            self.read_back(store).await?;
        }
        self.waiting.retain(|waiting| !waiting.is_abandoned());
        let Some(last) = self.waiting.iter().map(|waiting| waiting.deadline).max() else {
            return Ok(());
        };
        #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
        let began = Began::now();
        let attempt = timeout_at(last, store.record(&self.records())).await;
        match attempt {
            Ok(Ok(outcomes)) => {
                telemetry::group_committed(self.waiting.len(), began.elapsed());
                let waiting = std::mem::take(&mut self.waiting);
                self.callers.notify(move || {
                    for (waiting, outcome) in waiting.into_iter().zip(outcomes) {
                        waiting.finish(Ok(outcome));
                    }
                });
                Ok(())
            }
            Ok(Err(error)) => {
                self.outcome_unknown = error.kind().outcome_unknown();
                Err(error.into())
            }
            Err(_) => {
                self.outcome_unknown = true;
                Err(AttemptError::Transient(StoreError::timeout(began.elapsed())))
            }
        }
    }

    /// Finishes the deliveries that an earlier attempt committed although the answer was lost.
    async fn read_back(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut committed = store.read_back(&self.records()).await?;
        self.outcome_unknown = false;
        if !committed.is_empty() {
            telemetry::group_found_committed(committed.len());
        }
        for waiting in std::mem::take(&mut self.waiting) {
            match committed.remove(&waiting.record.received.delivery_id) {
                Some(outcome) => waiting.finish(Ok(outcome)),
                None => self.waiting.push(waiting),
            }
        }
        Ok(())
    }

    /// Pauses before the next attempt. Gives up the deliveries whose deadline comes before
    /// that.
    async fn wait(&mut self, error: &StoreError) {
        let next = Instant::now() + self.pause;
        let all = self.waiting.len();
        let (late, in_time): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| it.deadline <= next);
        self.waiting = in_time;
        if self.pause == FIRST_PAUSE && !self.waiting.is_empty() {
            telemetry::group_retried(all, error.kind().as_str(), error);
        }
        if !late.is_empty() {
            telemetry::group_failed(late.len(), error.kind().as_str(), error);
        }
        send_not_recorded(late, error);
        if !self.waiting.is_empty() {
            sleep(self.pause).await;
            self.pause = LAST_PAUSE.min(self.pause * 2);
        }
    }

    /// Replaces each record by the record that keeps the delivery for repair. If one of them is
    /// already kept for repair, returns false and changes nothing.
    fn keep_for_repair(&mut self, error: &StoreError) -> bool {
        let for_repair: Option<Vec<DeliveryRecord>> =
            self.waiting.iter().map(|waiting| waiting.record.for_repair()).collect();
        let Some(for_repair) = for_repair else { return false };
        for (waiting, record) in self.waiting.iter_mut().zip(for_repair) {
            let kind = error.kind().as_str();
            telemetry::kept_for_repair(record.received.delivery_id, kind, error);
            waiting.record = record;
        }
        true
    }

    /// Logs why the group is not committed, and sends that to every caller.
    fn fail(&mut self, error: &StoreError) {
        if !self.waiting.is_empty() {
            telemetry::group_failed(self.waiting.len(), error.kind().as_str(), error);
        }
        self.give_up_all(error);
    }

    /// Sends every caller that its delivery is not committed.
    fn give_up_all(&mut self, error: &StoreError) {
        send_not_recorded(std::mem::take(&mut self.waiting), error);
    }

    fn records(&self) -> Vec<&DeliveryRecord> {
        self.waiting.iter().map(|waiting| &waiting.record).collect()
    }
}

/// Sends these callers that their deliveries are not committed.
fn send_not_recorded(waiting: Vec<Waiting>, error: &StoreError) {
    for waiting in waiting {
        waiting.finish(Err(NotRecorded::Store(error.kind())));
    }
}
