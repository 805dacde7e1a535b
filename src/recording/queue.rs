//! Recording in groups: whatever has gathered while the previous group was being committed is the
//! next one. No timer: a lone delivery waits for nobody, and a thousand share one commit.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::group::{Waiter, Waiting, record_group};
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

impl Recorder {
    /// Starts recording into `store`. The task ends when the last clone of the recorder is gone and
    /// everybody is answered; before that only by a bug of ours. Those who wait live on `waiters`.
    pub fn start(
        store: Store,
        settings: &RecordingSettings,
        waiters: Handle,
    ) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let most = settings.group_deliveries.try_into().unwrap_or(1);
        let recorder = Self {
            queue,
            bytes: Arc::new(Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX))),
            settings: settings.clone(),
        };
        let task = tokio::spawn(record_groups(store, waiting, most, waiters));
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
        let deadline = Instant::now() + self.settings.deadline();
        let waiter = Waiter { answer, deadline, _bytes: Some(bytes) };
        match self.queue.try_send(Waiting { record, waiter }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(NotRecorded::QueueFull),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(NotRecorded::Stopped),
        }
        telemetry::queue_depth(self.queue.max_capacity() - self.queue.capacity());
        match timeout_at(deadline, answered).await {
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
    most: usize,
    waiters: Handle,
) {
    loop {
        let mut gathered = Vec::new();
        if queue.recv_many(&mut gathered, most).await == 0 {
            return;
        }
        telemetry::queue_depth(queue.len());
        // A task of its own: a bug in one group is no end of recording. Whoever waits for such a
        // group is told so by the answer that was dropped.
        let group = tokio::spawn(record_group(store.clone(), gathered, waiters.clone()));
        let _ = group.await;
    }
}
