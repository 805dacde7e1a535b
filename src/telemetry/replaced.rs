//! Gauges that are replaced as a whole, so that a series whose account, key or refunds are gone
//! disappears. A recorder only drops series that have been idle for a while, and that would include
//! gauges whose value does not change.

use std::sync::{Mutex, PoisonError};

use ::metrics::with_local_recorder;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Gauges that are replaced together.
#[derive(Debug)]
pub(super) struct Replaced(Mutex<Option<PrometheusHandle>>);

impl Replaced {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Replaces the gauges by those that `set` describes and sets.
    pub(super) fn replace(&self, set: impl FnOnce()) {
        let recorder = PrometheusBuilder::new().build_recorder();
        with_local_recorder(&recorder, set);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(recorder.handle());
    }

    /// Returns the gauges in Prometheus' text format.
    pub(super) fn render(&self) -> String {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }
}
