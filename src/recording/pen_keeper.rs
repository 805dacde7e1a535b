//! Keeping refused deliveries, as work of low priority: a flood of them fills a short queue and is
//! then only counted.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::PenSettings;
use crate::store::{RefusedRecord, Store};
use crate::telemetry;

/// The most refused deliveries that are written in one transaction.
const AT_ONCE: usize = 32;

/// Takes refused deliveries without making anybody wait. The keeper ends when the last clone is
/// gone and what waited is kept.
#[derive(Clone, Debug)]
pub struct PenKeeper {
    queue: mpsc::Sender<RefusedRecord>,
}

impl PenKeeper {
    /// Starts keeping into `store`.
    pub fn start(store: Store, settings: &PenSettings) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(settings.queue_deliveries.try_into().unwrap_or(1));
        let task = tokio::spawn(keep(store, waiting, settings.clone()));
        (Self { queue }, task)
    }

    /// Hands over a refused delivery; when too many wait it is dropped and counted.
    pub fn keep(&self, refused: RefusedRecord) {
        if self.queue.try_send(refused).is_err() {
            telemetry::refused_not_kept(1);
        }
    }
}

async fn keep(store: Store, mut queue: mpsc::Receiver<RefusedRecord>, settings: PenSettings) {
    let mut gathered = Vec::new();
    while queue.recv_many(&mut gathered, AT_ONCE).await > 0 {
        match store.pen(&gathered, settings.limits()).await {
            Ok(state) => telemetry::pen_written(state),
            Err(error) => telemetry::pen_failed(gathered.len(), &error),
        }
        gathered.clear();
    }
}
