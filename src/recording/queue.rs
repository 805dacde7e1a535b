//! The queue in front of group commit: whatever gathered while the previous group was being committed
//! is the next group. There is no timer: a single delivery is committed at once, and a thousand share
//! one commit.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::group::{Waiting, commit_waiting};
use crate::config::RecordingSettings;
use crate::store::{DeliveryRecord, Store, StoreErrorKind};
use crate::telemetry;
use refund_providers::contract::Outcome;

/// Commits deliveries, in groups. A clone is cheap. Recording ends when the last clone is dropped and
/// every waiting delivery is answered.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
    settings: RecordingSettings,
}

/// Why a delivery was not committed, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// Too many deliveries wait already, in number or in bytes.
    QueueFull,
    /// The deadline passed. It may still be committed.
    Deadline,
    /// The recorder has stopped.
    Stopped,
    /// The database did not commit it.
    Store(StoreErrorKind),
}

impl NotRecorded {
    /// Returns the label in logs and metrics.
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
    /// Starts recording into `store`. The task ends when the last clone of the recorder is dropped and
    /// every caller is answered; it ends earlier only through a bug of ours. `callers` is the runtime
    /// on which the callers of [`Recorder::record`] wait.
    pub fn start(
        store: Store,
        settings: &RecordingSettings,
        callers: Handle,
    ) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let most = settings.group_deliveries.try_into().unwrap_or(1);
        let recorder = Self {
            queue,
            bytes: Arc::new(Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX))),
            settings: settings.clone(),
        };
        let task = tokio::spawn(record_groups(store, waiting, most, callers));
        (recorder, task)
    }

    /// Waits until the delivery is committed, at most until the deadline. After the deadline it may
    /// still be committed; then the provider's next attempt is a duplicate.
    pub async fn record(&self, record: DeliveryRecord) -> Result<Outcome, NotRecorded> {
        let weight = u32::try_from(record.received.weight()).map_err(|_| NotRecorded::QueueFull)?;
        let bytes = Arc::clone(&self.bytes)
            .try_acquire_many_owned(weight)
            .map_err(|_| NotRecorded::QueueFull)?;
        let (answer, answered) = oneshot::channel();
        let deadline = Instant::now() + self.settings.deadline();
        match self.queue.try_send(Waiting { record, answer, deadline, _bytes: Some(bytes) }) {
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
    callers: Handle,
) {
    loop {
        let mut gathered = Vec::new();
        if queue.recv_many(&mut gathered, most).await == 0 {
            return;
        }
        telemetry::queue_depth(queue.len());
        // A task of its own, so that a panic in one group does not end recording. The callers of that
        // group learn of it because their answers are dropped.
        let group = tokio::spawn(commit_waiting(store.clone(), gathered, callers.clone()));
        let _ = group.await;
    }
}
