//! Log lines and metrics of the quarantine of refused deliveries.

use std::fmt::Display;

use ::metrics::{counter, gauge};
use tracing::warn;

use super::metrics::{QUARANTINE_BYTES, QUARANTINE_DROPPED, QUARANTINE_EVICTED, as_gauge};

/// Counts refused deliveries that were dropped because the queue of the quarantine was full.
pub fn quarantine_dropped(deliveries: u64) {
    counter!(QUARANTINE_DROPPED).increment(deliveries);
}

/// Counts refused deliveries of an account that newer ones evicted. The service calls it with zero
/// when it starts, so that the series exists and a rate over it is zero.
pub fn quarantine_evicted(account: &str, deliveries: u64) {
    counter!(QUARANTINE_EVICTED, "account" => account.to_owned()).increment(deliveries);
}

/// Sets how many bytes the quarantine holds.
pub fn quarantine_size(bytes: i64) {
    gauge!(QUARANTINE_BYTES).set(as_gauge(usize::try_from(bytes).unwrap_or_default()));
}

/// Records that refused deliveries could not be written to the quarantine. No authentic delivery
/// is lost.
pub fn quarantine_failed(deliveries: usize, error: &dyn Display) {
    quarantine_dropped(deliveries.try_into().unwrap_or(u64::MAX));
    warn!(deliveries, %error, "refused deliveries could not be written to the quarantine");
}
