//! One group of deliveries on its way into the database: committed together; again, while somebody
//! waits for it, when the reason passes; one by one where the database refuses the content of one
//! of them. What it refuses even alone is kept for repair.

use std::time::{Duration, Instant as Began};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use super::queue::NotRecorded;
use crate::store::{DeliveryRecord, Recorded, Store, StoreError, StoreErrorKind};
use crate::telemetry;

/// The pause before a group is tried again; each is twice as long as the one before, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_millis(320);

/// A delivery that waits for its commit, with whoever waits for it.
#[derive(Debug)]
pub(super) struct Waiting {
    pub record: DeliveryRecord,
    pub waiter: Waiter,
}

/// Whoever waits for a delivery's commit.
#[derive(Debug)]
pub(super) struct Waiter {
    pub answer: oneshot::Sender<Result<Recorded, NotRecorded>>,
    /// From then on nobody waits any more.
    pub deadline: Instant,
    /// Its share of the memory for all that wait.
    pub _bytes: Option<OwnedSemaphorePermit>,
}

impl Waiter {
    fn tell(self, outcome: Result<Recorded, NotRecorded>) {
        // Nobody waits any more: then it is a duplicate when the provider sends it again.
        let _ = self.answer.send(outcome);
    }
}

/// Records deliveries that somebody has at hand, all within `deadline`; returns what became of each,
/// in order.
pub async fn commit_group(
    store: Store,
    records: Vec<DeliveryRecord>,
    deadline: Duration,
) -> Vec<Result<Recorded, NotRecorded>> {
    let deadline = Instant::now() + deadline;
    let (waiting, answers): (Vec<_>, Vec<_>) = records
        .into_iter()
        .map(|record| {
            let (answer, answered) = oneshot::channel();
            (Waiting { record, waiter: Waiter { answer, deadline, _bytes: None } }, answered)
        })
        .unzip();
    record_group(store, waiting, Handle::current()).await;
    let mut outcomes = Vec::with_capacity(answers.len());
    for answered in answers {
        outcomes.push(answered.await.unwrap_or(Err(NotRecorded::Stopped)));
    }
    outcomes
}

/// Records a group and answers everybody in it, each before its deadline. Those who wait live on
/// `waiters`: waking them one by one from another thread would cost more than all the rest.
pub(super) async fn record_group(store: Store, gathered: Vec<Waiting>, waiters: Handle) {
    let group = Group::new(gathered, waiters.clone());
    for refused in group.record(&store).await {
        Group::new(vec![refused], waiters.clone()).record_alone(&store).await;
    }
}

/// What is not yet answered of a group.
struct Group {
    records: Vec<DeliveryRecord>,
    waiters: Vec<Waiter>,
    /// An earlier try may have been committed: that is read back before the next.
    outcome_unknown: bool,
    pause: Duration,
    /// Where the waiters live.
    home: Handle,
}

/// How a try ended that answered not everybody.
enum Unsettled {
    /// The same may go through a moment later.
    NotNow(StoreError),
    /// The database refuses the content of a delivery.
    Refused(StoreError),
    /// Somebody else has replayed one of the deliveries.
    Superseded(StoreError),
    /// A bug of ours, or a schema that is not migrated.
    Failed(StoreError),
}

impl From<StoreError> for Unsettled {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unreachable
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::Repeated
            | StoreErrorKind::Contention
            | StoreErrorKind::Timeout
            | StoreErrorKind::Exhausted => Self::NotNow(error),
            StoreErrorKind::Content | StoreErrorKind::Corrupt => Self::Refused(error),
            StoreErrorKind::Superseded => Self::Superseded(error),
            StoreErrorKind::Rejected => Self::Failed(error),
        }
    }
}

impl Group {
    fn new(gathered: Vec<Waiting>, home: Handle) -> Self {
        let (records, waiters) =
            gathered.into_iter().map(|Waiting { record, waiter }| (record, waiter)).unzip();
        Self { records, waiters, outcome_unknown: false, pause: FIRST_PAUSE, home }
    }

    /// Records the group; returns the deliveries that are to be tried one by one.
    async fn record(mut self, store: &Store) -> Vec<Waiting> {
        loop {
            match self.attempt(store).await {
                Ok(()) => return Vec::new(),
                Err(Unsettled::NotNow(error)) => self.wait(&error).await,
                Err(Unsettled::Refused(error) | Unsettled::Superseded(error)) => {
                    telemetry::group_split(self.records.len(), &error);
                    return self.take();
                }
                Err(Unsettled::Failed(error)) => self.fail(&error),
            }
        }
    }

    /// Records the only delivery of a group, or, where the database refuses that, keeps it for
    /// repair: it is authentic, and sent again it would be refused again.
    async fn record_alone(mut self, store: &Store) {
        let mut is_for_repair = false;
        loop {
            match self.attempt(store).await {
                Ok(()) => return,
                Err(Unsettled::NotNow(error)) => self.wait(&error).await,
                Err(Unsettled::Refused(error)) => {
                    let for_repair = self.for_repair().filter(|_| !is_for_repair);
                    let Some(for_repair) = for_repair else {
                        self.fail(&error);
                        continue;
                    };
                    is_for_repair = true;
                    for record in &for_repair {
                        let kind = error.kind().as_str();
                        telemetry::kept_for_repair(record.received.delivery_id, kind, &error);
                    }
                    self.records = for_repair;
                }
                // Nothing is wrong: two people repair the same.
                Err(Unsettled::Superseded(error)) => self.tell_all(&error),
                Err(Unsettled::Failed(error)) => self.fail(&error),
            }
        }
    }

    /// Tries to commit what is left, and answers for what is committed. Whoever gave up is not
    /// committed for.
    async fn attempt(&mut self, store: &Store) -> Result<(), Unsettled> {
        if self.outcome_unknown {
            self.read_back(store).await?;
        }
        if self.waiters.iter().any(|waiter| waiter.answer.is_closed()) {
            self.keep_where(|waiter| !waiter.answer.is_closed());
        }
        let Some(last) = self.waiters.iter().map(|waiter| waiter.deadline).max() else {
            return Ok(());
        };
        #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
        let began = Began::now();
        match timeout_at(last, store.record(&self.records)).await {
            Ok(Ok(outcomes)) => {
                telemetry::group_committed(self.records.len(), began.elapsed());
                let waiters = std::mem::take(&mut self.waiters);
                let told = self.home.spawn(async move {
                    for (waiter, outcome) in waiters.into_iter().zip(outcomes) {
                        waiter.tell(Ok(outcome));
                    }
                });
                // It waits for nothing; a runtime that has ended has nobody left to tell.
                drop(told);
                Ok(())
            }
            Ok(Err(error)) => {
                self.outcome_unknown = error.kind().outcome_unknown();
                Err(error.into())
            }
            Err(_) => {
                self.outcome_unknown = true;
                Err(Unsettled::NotNow(StoreError::timeout(began.elapsed())))
            }
        }
    }

    /// Answers for what an earlier try has committed, though its answer was lost.
    async fn read_back(&mut self, store: &Store) -> Result<(), StoreError> {
        let records: Vec<&DeliveryRecord> = self.records.iter().collect();
        let mut committed = store.read_back(&records).await?;
        self.outcome_unknown = false;
        if !committed.is_empty() {
            telemetry::group_found_committed(committed.len());
        }
        for Waiting { record, waiter } in self.take() {
            match committed.remove(&record.received.delivery_id) {
                Some(outcome) => waiter.tell(Ok(outcome)),
                None => {
                    self.records.push(record);
                    self.waiters.push(waiter);
                }
            }
        }
        Ok(())
    }

    /// Pauses before the next try. Whoever cannot wait for that is told now.
    async fn wait(&mut self, error: &StoreError) {
        let next = Instant::now() + self.pause;
        let all = self.waiters.len();
        let mut late = Vec::new();
        for Waiting { record, waiter } in self.take() {
            if waiter.deadline <= next {
                late.push(waiter);
            } else {
                self.records.push(record);
                self.waiters.push(waiter);
            }
        }
        if self.pause == FIRST_PAUSE && !self.waiters.is_empty() {
            telemetry::group_retried(all, error.kind().as_str(), error);
        }
        if !late.is_empty() {
            telemetry::group_failed(late.len(), error.kind().as_str(), error);
        }
        tell(late, error);
        if !self.waiters.is_empty() {
            sleep(self.pause).await;
            self.pause = LAST_PAUSE.min(self.pause * 2);
        }
    }

    /// What is left, as it is kept for repair; none where it is kept so already.
    fn for_repair(&self) -> Option<Vec<DeliveryRecord>> {
        self.records.iter().map(DeliveryRecord::for_repair).collect()
    }

    /// Tells everybody that it is not committed, and the operator.
    fn fail(&mut self, error: &StoreError) {
        if !self.waiters.is_empty() {
            telemetry::group_failed(self.waiters.len(), error.kind().as_str(), error);
        }
        self.tell_all(error);
    }

    /// Tells everybody that it is not committed.
    fn tell_all(&mut self, error: &StoreError) {
        self.records.clear();
        tell(std::mem::take(&mut self.waiters), error);
    }

    fn keep_where(&mut self, is_wanted: impl Fn(&Waiter) -> bool) {
        for Waiting { record, waiter } in self.take() {
            if is_wanted(&waiter) {
                self.records.push(record);
                self.waiters.push(waiter);
            }
        }
    }

    fn take(&mut self) -> Vec<Waiting> {
        let records = std::mem::take(&mut self.records);
        let waiters = std::mem::take(&mut self.waiters);
        records
            .into_iter()
            .zip(waiters)
            .map(|(record, waiter)| Waiting { record, waiter })
            .collect()
    }
}

fn tell(waiters: Vec<Waiter>, error: &StoreError) {
    for waiter in waiters {
        waiter.tell(Err(NotRecorded::Store(error.kind())));
    }
}
