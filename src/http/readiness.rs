//! Readiness: a load balancer should send deliveries here only while the database commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::store::{Store, StoreError};
use crate::telemetry;

/// How long an answer is repeated without asking the database again.
const FRESH: Duration = Duration::from_millis(500);

/// How long the probe's commit may take. A slower one counts as a failure.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers whether the service can commit deliveries. Once the service drains, the answer is no.
#[derive(Clone, Debug)]
pub struct Readiness {
    store: Store,
    commit: Handle,
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
    /// Creates the readiness of a service that commits into `store` on the runtime `commit`.
    pub fn new(store: Store, commit: Handle) -> Self {
        Self {
            store,
            commit,
            is_recording: Arc::new(AtomicBool::new(true)),
            draining: Arc::default(),
            last: Arc::default(),
        }
    }

    /// Makes the answer no from now on, because the service drains.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Returns the flag that [`drain`](Self::drain) sets, for callers that read it often.
    pub fn draining(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.draining)
    }

    /// Makes the answer no from now on, because the recorder has ended: without it nothing is
    /// committed, even if the database works.
    pub fn recording_ended(&self) {
        self.is_recording.store(false, Ordering::SeqCst);
    }

    /// Commits a row without meaning, at most every half second. An error says in one line why the
    /// service is not ready.
    pub async fn check(&self) -> Result<(), String> {
        let answer = self.answer().await;
        telemetry::readiness(answer.is_ok());
        answer
    }

    async fn answer(&self) -> Result<(), String> {
        if self.draining.load(Ordering::SeqCst) {
            return Err("draining".to_owned());
        }
        let mut last = self.last.lock().await;
        let probe = match last.take() {
            Some(probe) if probe.at.elapsed() < FRESH => probe,
            previous => {
                let probe = self.probe().await;
                let was_failing = previous.map(|previous| previous.problem.is_some());
                if was_failing != Some(probe.problem.is_some()) {
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
        // The probe runs where recording does, so that a connection that it opens belongs there.
        let store = self.store.clone();
        let probe = async move { timeout(PATIENCE, store.probe_commit()).await };
        let outcome = self.commit.spawn(probe).await.unwrap_or_else(|_| Ok(Err(StoreError::bug())));
        let error = outcome.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE))).err();
        Probe { at: Instant::now(), problem: error.map(|error| error.to_string()) }
    }
}
