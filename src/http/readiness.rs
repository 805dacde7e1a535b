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
    is_recording: Arc<AtomicBool>,
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<Probe>>>,
}

#[derive(Clone, Debug)]
struct Probe {
    at: Instant,
    problem: Option<String>,
}

impl Readiness {
    /// Readiness to commit into `store`.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            is_recording: Arc::new(AtomicBool::new(true)),
            draining: Arc::default(),
            last: Arc::default(),
        }
    }

    /// From now on the answer is no.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether the answer has been no since then, for whoever looks at it often.
    pub(super) fn draining(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.draining)
    }

    /// The recorder has ended: nothing can be committed any more, whatever the database says.
    pub fn recording_ended(&self) {
        self.is_recording.store(false, Ordering::SeqCst);
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
                    telemetry::readiness_changed(probe.problem.as_deref());
                }
                probe
            }
        };
        let problem = probe.problem.clone();
        *last = Some(probe);
        problem.map_or(Ok(()), Err)
    }

    async fn probe(&self) -> Probe {
        if !self.is_recording.load(Ordering::SeqCst) {
            let problem = Some("the recorder has ended".to_owned());
            return Probe { at: Instant::now(), problem };
        }
        let outcome = timeout(PATIENCE, self.store.probe_commit()).await;
        let error = outcome.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE))).err();
        Probe { at: Instant::now(), problem: error.map(|error| error.to_string()) }
    }
}
