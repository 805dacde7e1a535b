//! Recording in groups: whatever has gathered while the previous group was being committed is the
//! next one. No timer: a lone delivery waits for nobody, and a thousand share one commit.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::group::record_group;
use crate::config::RecordingSettings;
use crate::store::{DeliveryRecord, Recorded, Store, StoreErrorKind};
use crate::telemetry;

/// Takes deliveries and says when they are committed. Cheap to clone; the recorder ends when the
/// last clone is gone and everything that waited is answered.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
    settings: RecordingSettings,
}

/// Why a delivery was not committed, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// Too many wait already, in number or in bytes.
    QueueFull,
    /// The deadline passed. It may still be committed.
    Deadline,
    /// The recorder has stopped.
    Stopped,
    /// The database did not take it.
    Store(StoreErrorKind),
}

impl NotRecorded {
    /// The word in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Deadline => "deadline",
            Self::Stopped => "stopped",
            Self::Store(kind) => kind.as_str(),
        }
    }
}

/// A delivery that waits for its commit.
#[derive(Debug)]
struct Waiting {
    record: DeliveryRecord,
    answer: oneshot::Sender<Result<Recorded, NotRecorded>>,
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

    /// Returns when the delivery is committed, or at the deadline: then it may be committed all
    /// the same, later, and the provider's repeat is a duplicate.
    pub async fn record(&self, record: DeliveryRecord) -> Result<Recorded, NotRecorded> {
        let weight = u32::try_from(record.received.weight()).map_err(|_| NotRecorded::QueueFull)?;
        let bytes = Arc::clone(&self.bytes)
            .try_acquire_many_owned(weight)
            .map_err(|_| NotRecorded::QueueFull)?;
        let (answer, answered) = oneshot::channel();
        match self.queue.try_send(Waiting { record, answer, _bytes: bytes }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(NotRecorded::QueueFull),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(NotRecorded::Stopped),
        }
        telemetry::queue_depth(self.queue.max_capacity() - self.queue.capacity());
        match timeout(self.settings.deadline(), answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(NotRecorded::Stopped),
            Err(_) => Err(NotRecorded::Deadline),
        }
    }

    /// Whether the recorder still takes deliveries.
    pub fn is_at_work(&self) -> bool {
        !self.queue.is_closed()
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
        // Whoever gave up before the group began is not committed for.
        let wanted = gathered.drain(..).filter(|waiting| !waiting.answer.is_closed());
        let (records, answers): (Vec<_>, Vec<_>) =
            wanted.map(|Waiting { record, answer, _bytes }| (record, (answer, _bytes))).unzip();
        if records.is_empty() {
            continue;
        }
        // A task of its own: a bug in one group is no end of recording.
        let group = tokio::spawn(record_group(store.clone(), records, settings.clone()));
        let outcomes = match group.await {
            Ok(outcomes) => outcomes,
            Err(_) => answers.iter().map(|_| Err(NotRecorded::Stopped)).collect(),
        };
        for ((answer, _), outcome) in answers.into_iter().zip(outcomes) {
            // Nobody waits any more: then it is a duplicate when the provider sends it again.
            let _ = answer.send(outcome);
        }
    }
}
