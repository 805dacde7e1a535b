//! Log lines and metrics of keys whose certificates expire.

use std::sync::{Mutex, PoisonError};

use ::metrics::{describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::warn;

use super::metrics::KEY_EXPIRY;
use refund_providers::crypto::KeyId;

/// The gauges of the keys in force. Each update builds them again, because a removed key must
/// disappear from the metrics: a recorder only drops series that have been idle for a while, and
/// that would include gauges whose value does not change.
static SHOWN: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// Replaces the gauges: for each key, the time until its certificate expires.
pub fn key_expiry<'a>(keys: impl IntoIterator<Item = (&'a str, &'a KeyId, time::Duration)>) {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe_gauge!(KEY_EXPIRY, "Seconds until the certificate of a key expires.");
        for (account, key_id, left) in keys {
            let (account, key_id) = (account.to_owned(), key_id.as_str().to_owned());
            gauge!(KEY_EXPIRY, "account" => account, "key_id" => key_id).set(left.as_seconds_f64());
        }
    });
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(recorder.handle());
}

/// Records that a key's certificate expires soon or has expired.
pub fn key_expires_soon(account: &str, key_id: &KeyId, left: time::Duration) {
    warn!(account, %key_id, days_left = left.whole_days(), "the certificate of a key expires soon");
}

/// Returns the gauges in Prometheus' text format.
pub(super) fn render() -> String {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    shown.as_ref().map(PrometheusHandle::render).unwrap_or_default()
}
