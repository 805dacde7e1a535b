//! Writes refused deliveries into the quarantine, as work of low priority.
//!
//! Refused deliveries wait in a short queue. When a flood of them fills it, further ones are
//! counted and dropped. The writer pauses after each transaction, so a flood cannot buy database
//! time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::config::QuarantineSettings;
use crate::store::{RefusedRecord, Store, StoreError};
use crate::telemetry;

/// The most refused deliveries that one transaction writes.
const BATCH: usize = 32;

/// The shortest pause after a transaction. It limits the writer to ten transactions a second.
const PAUSE: Duration = Duration::from_millis(100);

/// The pause for each byte of a transaction. It limits the writer to a megabyte a second.
const PAUSE_PER_BYTE: Duration = Duration::from_micros(1);

/// How long a transaction may take. The writer does not wait longer for a database that is silent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes refused deliveries for the quarantine, without delaying the caller. Its task ends when the
/// last clone is dropped and every waiting delivery is written.
#[derive(Clone, Debug)]
pub struct QuarantineWriter {
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
}

/// A refused delivery, and its part of the memory for waiting deliveries.
type Waiting = (RefusedRecord, OwnedSemaphorePermit);

impl QuarantineWriter {
    /// Starts the writer, which writes into `store`.
    pub fn start(store: Store, settings: &QuarantineSettings) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let bytes = Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX));
        let task = tokio::spawn(write_batches(store, waiting, settings.clone()));
        (Self { queue, bytes: Arc::new(bytes) }, task)
    }

    /// Queues a refused delivery of about `bytes` bytes. If too many wait already, counts the
    /// delivery and drops it, without building its record.
    pub fn keep(&self, bytes: usize, refused: impl FnOnce() -> RefusedRecord) {
        let weight = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.bytes).try_acquire_many_owned(weight);
        match (permit, self.queue.try_reserve()) {
            (Ok(permit), Ok(place)) => place.send((refused(), permit)),
            (Err(_), _) | (_, Err(_)) => telemetry::quarantine_dropped(1),
        }
    }
}

/// Writes the waiting deliveries in batches, with a pause after each, until the queue is closed and
/// empty.
async fn write_batches(
    store: Store,
    mut queue: mpsc::Receiver<Waiting>,
    settings: QuarantineSettings,
) {
    let mut gathered = Vec::new();
    while queue.recv_many(&mut gathered, BATCH).await > 0 {
        let (mut refused, permits): (Vec<_>, Vec<_>) = gathered.drain(..).unzip();
        write(&store, &mut refused, &settings).await;
        let bytes = permits.iter().map(OwnedSemaphorePermit::num_permits).sum::<usize>();
        drop(permits);
        pause(bytes, &queue).await;
    }
}

/// Writes one batch. If that fails, the batch is lost: the quarantine is best effort.
async fn write(store: &Store, refused: &mut [RefusedRecord], settings: &QuarantineSettings) {
    let written = timeout(PATIENCE, async {
        for record in refused.iter_mut() {
            store.seal(&mut record.received).await?;
        }
        store.quarantine(refused, settings.into()).await
    });
    let written = written.await;
    match written.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE))) {
        Ok(evicted) => {
            for (account, count) in &evicted {
                telemetry::quarantine_evicted(account, *count);
            }
        }
        Err(error) => telemetry::quarantine_failed(refused.len(), &error),
    }
}

/// Pauses after a batch of `bytes` bytes. Ends early when the queue is closed, so that the end of
/// the service does not wait for long.
async fn pause(bytes: usize, queue: &mpsc::Receiver<Waiting>) {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let mut left = PAUSE.max(PAUSE_PER_BYTE.saturating_mul(bytes));
    while !left.is_zero() && !queue.is_closed() {
        sleep(PAUSE.min(left)).await;
        left = left.saturating_sub(PAUSE);
    }
}
