//! Log lines and metrics of keys whose certificates expire.

use ::metrics::{describe_gauge, gauge};
use tracing::warn;

use super::metrics::KEY_EXPIRY;
use super::replaced::Replaced;
use refund_providers::crypto::KeyId;

/// The gauges of the keys in force.
pub(super) static KEYS: Replaced = Replaced::new();

/// Replaces the gauges: for each key, the time until its certificate expires.
pub fn key_expiry<'a>(keys: impl IntoIterator<Item = (&'a str, &'a KeyId, time::Duration)>) {
    KEYS.replace(|| {
        describe_gauge!(KEY_EXPIRY, "Seconds until the certificate of a key expires.");
        for (account, key_id, left) in keys {
            let (account, key_id) = (account.to_owned(), key_id.as_str().to_owned());
            gauge!(KEY_EXPIRY, "account" => account, "key_id" => key_id).set(left.as_seconds_f64());
        }
    });
}

/// Records that a key's certificate expires soon or has expired.
pub fn key_expires_soon(account: &str, key_id: &KeyId, left: time::Duration) {
    warn!(account, %key_id, days_left = left.whole_days(), "the certificate of a key expires soon");
}
