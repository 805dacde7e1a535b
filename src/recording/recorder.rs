//! Recording in groups: whatever has gathered while the previous group was being committed is the
//! next one. No timer: a lone delivery waits for nobody, and a thousand share one commit.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::config::RecordingSettings;
use crate::store::{DeliveryRecord, Recorded, Store, StoreError, StoreErrorKind};
use crate::telemetry;

/// Takes deliveries and says when they are committed. Cheap to clone; the recorder ends when the
/// last clone is gone and everything that waited is answered.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
    settings: RecordingSettings,
}

/// A delivery that waits for its commit.
#[derive(Debug)]
struct Waiting {
    record: DeliveryRecord,
    answer: oneshot::Sender<Result<Recorded, StoreError>>,
    _bytes: OwnedSemaphorePermit,
}

impl Recorder {
    /// Starts recording into `store`. The task ends when the last clone of the recorder is gone.
    pub fn start(store: Store, settings: &RecordingSettings) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let recorder = Self {
            queue,
            bytes: Arc::new(Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX))),
            settings: settings.clone(),
        };
        let task = tokio::spawn(record_groups(store, waiting, settings.clone()));
        (recorder, task)
    }

    /// Returns when the delivery is committed, or at the deadline with an error: then it may be
    /// committed all the same, later, and the provider's repeat is a duplicate.
    pub async fn record(&self, record: DeliveryRecord) -> Result<Recorded, StoreError> {
        let full = || StoreError::exhausted("the queue of deliveries to be recorded is full");
        let weight = u32::try_from(record.received.weight()).map_err(|_| full())?;
        let bytes = Arc::clone(&self.bytes).try_acquire_many_owned(weight).map_err(|_| full())?;
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { record, answer, _bytes: bytes }).map_err(|_| full())?;
        telemetry::queue_depth(self.queue.max_capacity() - self.queue.capacity());
        match timeout(self.settings.deadline(), answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(StoreError::exhausted("the recorder has stopped")),
            Err(_) => Err(StoreError::timeout(self.settings.deadline())),
        }
    }
}

async fn record_groups(
    store: Store,
    mut queue: mpsc::Receiver<Waiting>,
    settings: RecordingSettings,
) {
    let most = settings.group_deliveries.try_into().unwrap_or(1);
    let mut gathered = Vec::new();
    while queue.recv_many(&mut gathered, most).await > 0 {
        telemetry::queue_depth(queue.len());
        let (mut records, mut answers) = (Vec::new(), Vec::new());
        for Waiting { record, answer, _bytes } in gathered.drain(..) {
            // Whoever gave up before the group began is not committed for.
            if !answer.is_closed() {
                records.push(record);
                answers.push((answer, _bytes));
            }
        }
        let outcomes = record_group(&store, &records, &settings).await;
        for ((answer, _), outcome) in answers.into_iter().zip(outcomes) {
            // Nobody waits any more: then it is a duplicate when the provider sends it again.
            let _ = answer.send(outcome);
        }
    }
}

async fn record_group(
    store: &Store,
    records: &[DeliveryRecord],
    settings: &RecordingSettings,
) -> Vec<Result<Recorded, StoreError>> {
    if records.is_empty() {
        return Vec::new();
    }
    match commit(store, records, settings).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // The database refuses something in it: its siblings must not be refused for that.
        Err(error) if records.len() > 1 && is_about_content(error.kind()) => {
            let mut outcomes = Vec::with_capacity(records.len());
            for record in records {
                let alone = commit(store, std::slice::from_ref(record), settings).await;
                outcomes.push(alone.and_then(|mut outcomes| {
                    outcomes.pop().ok_or_else(|| StoreError::exhausted("nothing was recorded"))
                }));
            }
            outcomes
        }
        Err(error) => records.iter().map(|_| Err(error.clone())).collect(),
    }
}

async fn commit(
    store: &Store,
    records: &[DeliveryRecord],
    settings: &RecordingSettings,
) -> Result<Vec<Recorded>, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let began = Instant::now();
    let outcome = timeout(settings.deadline(), store.record(records)).await;
    let outcome = outcome.unwrap_or_else(|_| Err(StoreError::timeout(settings.deadline())));
    match &outcome {
        Ok(_) => telemetry::group_committed(records.len(), began.elapsed()),
        Err(error) => telemetry::group_failed(records.len(), error),
    }
    outcome
}

fn is_about_content(kind: StoreErrorKind) -> bool {
    match kind {
        StoreErrorKind::Rejected | StoreErrorKind::Corrupt => true,
        StoreErrorKind::Unreachable
        | StoreErrorKind::ReadOnly
        | StoreErrorKind::Contention
        | StoreErrorKind::Timeout
        | StoreErrorKind::Exhausted => false,
    }
}
