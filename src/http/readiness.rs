//! Whether a load balancer should send deliveries here: only while a commit goes through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::store::{Store, StoreError};
use crate::telemetry;

/// How long an answer is given again without asking the database.
const FRESH: Duration = Duration::from_millis(500);

/// How long a commit may take before it counts as one that does not go through.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers whether commits go through, and stops doing so when the service drains.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<Probe>>>,
}

#[derive(Clone, Debug)]
struct Probe {
    at: Instant,
    problem: Option<StoreError>,
}

impl Readiness {
    /// Readiness to commit into `store`.
    pub fn new(store: Store) -> Self {
        Self { store, draining: Arc::default(), last: Arc::default() }
    }

    /// From now on the answer is no.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Commits something that means nothing, at most every half second; an error says in one line
    /// why the service is not ready.
    pub async fn check(&self) -> Result<(), String> {
        if self.draining.load(Ordering::SeqCst) {
            return Err("draining".to_owned());
        }
        let mut last = self.last.lock().await;
        let probe = match last.take() {
            Some(probe) if probe.at.elapsed() < FRESH => probe,
            earlier => {
                let probe = self.probe().await;
                let was = earlier.map(|earlier| earlier.problem.is_some());
                if was != Some(probe.problem.is_some()) {
                    telemetry::readiness_changed(probe.problem.as_ref());
                }
                probe
            }
        };
        let problem = probe.problem.as_ref().map(|error| error.kind().as_str().to_owned());
        *last = Some(probe);
        problem.map_or(Ok(()), Err)
    }

    async fn probe(&self) -> Probe {
        let outcome = timeout(PATIENCE, self.store.probe_commit()).await;
        let problem = outcome.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE))).err();
        Probe { at: Instant::now(), problem }
    }
}
