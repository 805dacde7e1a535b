//! What can be observed of keys whose certificates end.

use std::sync::{Mutex, PoisonError};

use ::metrics::{describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::warn;

use super::metrics::KEY_EXPIRY;
use refund_providers::crypto::KeyId;

/// The gauges of the keys in force, made anew each time: a key that is removed must not be shown
/// any more, and a recorder forgets nothing but what was idle for a while, gauges that simply do
/// not move included.
static SHOWN: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// So long is left until the certificates of these keys end; of others nothing is shown.
pub fn key_expiry<'a>(keys: impl IntoIterator<Item = (&'a str, &'a KeyId, time::Duration)>) {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe_gauge!(KEY_EXPIRY, "Seconds until the certificate of a key ends.");
        for (account, key_id, left) in keys {
            let (account, key_id) = (account.to_owned(), key_id.as_str().to_owned());
            gauge!(KEY_EXPIRY, "account" => account, "key_id" => key_id).set(left.as_seconds_f64());
        }
    });
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(recorder.handle());
}

/// A key's certificate ends soon, or has ended.
pub fn key_expires_soon(account: &str, key_id: &KeyId, left: time::Duration) {
    warn!(account, %key_id, days_left = left.whole_days(), "a key's certificate ends soon");
}

/// The gauges in Prometheus' text form.
pub(super) fn render() -> String {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    shown.as_ref().map(PrometheusHandle::render).unwrap_or_default()
}
