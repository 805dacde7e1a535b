//! The queue in front of group commit. The deliveries that gather while one group is being
//! committed are the next group. There is no timer: a single delivery is committed at once, and a
//! thousand share one commit.
//!
//! If many deliveries wait, the next group starts while one is being committed, on a connection of its
//! own, so that the database always has something to do. If few wait, they wait for that commit:
//! a small group costs the database nearly as much as a large one. While deliveries repeat, there is
//! one group at a time: two would often change the same refunds, and one of them would be written
//! twice. Two groups agree with each other as those of two instances do.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::callers::Callers;
use super::group::{Waiting, commit_waiting};
use super::not_recorded::NotRecorded;
use crate::config::RecordingSettings;
use crate::store::{DeliveryRecord, Store};
use crate::telemetry;
use refund_providers::contract::Outcome;

/// How many groups are on their way to the database at the same time, as long as nothing repeats.
const GROUPS_AT_ONCE: usize = 2;

/// How many deliveries must wait before a group starts beside another one.
const MANY: usize = 32;

/// Commits deliveries in groups. A clone is cheap. Recording ends when the last clone is dropped
/// and every waiting delivery has an outcome.
#[derive(Clone, Debug)]
pub struct Recorder {
    store: Store,
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
    /// Wakes the task that commits when [`MANY`] deliveries wait.
    many_wait: Arc<Notify>,
    settings: RecordingSettings,
}

impl Recorder {
    /// Starts recording into `store`. The task ends when the last clone of the recorder is dropped
    /// and every caller has its outcome. It ends earlier only if the recorder has a bug. `callers`
    /// are those of [`Recorder::record`].
    pub fn start(
        store: Store,
        settings: &RecordingSettings,
        callers: Callers,
    ) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let max_group = settings.group_deliveries.try_into().unwrap_or(1);
        let many_wait = Arc::new(Notify::new());
        let recorder = Self {
            store: store.clone(),
            queue,
            many_wait: Arc::clone(&many_wait),
            bytes: Arc::new(Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX))),
            settings: settings.clone(),
        };
        let task = tokio::spawn(record_groups(store, waiting, many_wait, max_group, callers));
        (recorder, task)
    }

    /// Commits a delivery: waits until its group is committed, at most until the deadline. After
    /// the deadline it may still be committed; then the provider's next attempt is a duplicate.
    pub async fn record(&self, mut record: DeliveryRecord) -> Result<Outcome, NotRecorded> {
        let weight = u32::try_from(record.received.weight()).map_err(|_| NotRecorded::QueueFull)?;
        let bytes = Arc::clone(&self.bytes)
            .try_acquire_many_owned(weight)
            .map_err(|_| NotRecorded::QueueFull)?;
        let deadline = Instant::now() + self.settings.deadline();
        // Here, not in the group: the group's transaction must not wait for it.
        match timeout_at(deadline, self.store.seal(&mut record.received)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(NotRecorded::Store(error.kind())),
            Err(_) => return Err(NotRecorded::Deadline),
        }
        let (outcome, receiver) = oneshot::channel();
        match self.queue.try_send(Waiting { record, outcome, deadline, _bytes: Some(bytes) }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(NotRecorded::QueueFull),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(NotRecorded::Stopped),
        }
        let depth = self.queue.max_capacity() - self.queue.capacity();
        telemetry::queue_depth(depth);
        if depth >= MANY {
            self.many_wait.notify_one();
        }
        match timeout_at(deadline, receiver).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(NotRecorded::Stopped),
            Err(_) => Err(NotRecorded::Deadline),
        }
    }
}

/// Commits the waiting deliveries group by group, until the queue is closed and empty.
async fn record_groups(
    store: Store,
    mut queue: mpsc::Receiver<Waiting>,
    many_wait: Arc<Notify>,
    max_group: usize,
    callers: Callers,
) {
    // Each group has a task of its own, so that a panic in one does not end recording. The callers of
    // that group notice the panic, because it drops the senders of their outcomes.
    let mut groups = JoinSet::new();
    loop {
        let mut gathered = Vec::new();
        if queue.recv_many(&mut gathered, max_group).await == 0 {
            break;
        }
        telemetry::queue_depth(queue.len());
        groups.spawn(commit_waiting(store.clone(), gathered, callers.clone()));
        while !groups.is_empty() {
            let at_once = if store.expects_repeats() { 1 } else { GROUPS_AT_ONCE };
            let has_room = groups.len() < at_once;
            if has_room && queue.len() >= MANY {
                break;
            }
            tokio::select! {
                _ = groups.join_next() => {}
                () = many_wait.notified(), if has_room => {}
            }
        }
    }
    while groups.join_next().await.is_some() {}
}
