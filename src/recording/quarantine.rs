//! Keeping refused deliveries, as work of low priority: a flood of them fills a short queue and is
//! then only counted, and what is written is written with pauses.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::config::QuarantineSettings;
use crate::store::{RefusedRecord, Store, StoreError};
use crate::telemetry;

/// The most refused deliveries that are written in one transaction.
const AT_ONCE: usize = 32;

/// The least pause after each, and the pause for each byte in it: at most ten transactions and a
/// megabyte a second, whatever arrives.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_OF_A_BYTE: Duration = Duration::from_micros(1);

/// How long that may take: a database that has gone without a word is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes refused deliveries without making anybody wait. The keeper ends when the last clone is
/// gone and what waited is kept.
#[derive(Clone, Debug)]
pub struct QuarantineWriter {
    queue: mpsc::Sender<Waiting>,
    bytes: Arc<Semaphore>,
}

/// A refused delivery with its share of the memory for those that wait.
type Waiting = (RefusedRecord, OwnedSemaphorePermit);

impl QuarantineWriter {
    /// Starts keeping into `store`.
    pub fn start(store: Store, settings: &QuarantineSettings) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let bytes = Semaphore::new(settings.queue_bytes.try_into().unwrap_or(usize::MAX));
        let task = tokio::spawn(keep(store, waiting, settings.clone()));
        (Self { queue, bytes: Arc::new(bytes) }, task)
    }

    /// Hands over a refused delivery of about so many bytes; when too many wait it is not even
    /// made, and counted.
    pub fn keep(&self, bytes: usize, refused: impl FnOnce() -> RefusedRecord) {
        let weight = u32::try_from(bytes).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.bytes).try_acquire_many_owned(weight);
        match (share, self.queue.try_reserve()) {
            (Ok(share), Ok(place)) => place.send((refused(), share)),
            (Err(_), _) | (_, Err(_)) => telemetry::quarantine_dropped(1),
        }
    }
}

async fn keep(store: Store, mut queue: mpsc::Receiver<Waiting>, settings: QuarantineSettings) {
    let mut gathered = Vec::new();
    while queue.recv_many(&mut gathered, AT_ONCE).await > 0 {
        let (refused, shares): (Vec<_>, Vec<_>) = gathered.drain(..).unzip();
        let kept = timeout(PATIENCE, store.quarantine(&refused, (&settings).into())).await;
        match kept.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE))) {
            Ok(evicted) => {
                evicted
                    .iter()
                    .for_each(|(account, count)| telemetry::quarantine_evicted(account, *count));
            }
            Err(error) => telemetry::quarantine_failed(refused.len(), &error),
        }
        let bytes = shares.iter().map(OwnedSemaphorePermit::num_permits).sum::<usize>();
        drop(shares);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut pause = PAUSE.max(PAUSE_OF_A_BYTE.saturating_mul(bytes));
        // In steps, for at the end of the service nobody waits for long.
        while !pause.is_zero() && !queue.is_closed() {
            sleep(PAUSE.min(pause)).await;
            pause = pause.saturating_sub(PAUSE);
        }
    }
}
