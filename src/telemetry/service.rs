//! What can be observed of the service itself.

use std::time::Duration;

use ::metrics::{counter, gauge, histogram};
use tracing::{error, info, warn};
use uuid::Uuid;

use super::metrics::{
    COMMIT_FAILURES, COMMIT_RETRIES, COMMIT_SECONDS, CONFLICTING, DATABASE_CHANGES, GROUP_SIZE,
    QUARANTINE_BYTES, QUARANTINE_DROPPED, QUARANTINE_EVICTED, QUEUE_DEPTH,
};
use crate::store::StoreError;

/// A group was committed.
pub fn group_committed(deliveries: usize, took: Duration) {
    histogram!(GROUP_SIZE).record(as_gauge(deliveries));
    histogram!(COMMIT_SECONDS).record(took.as_secs_f64());
    tracing::debug!(deliveries, took_us = took.as_micros(), "group committed");
}

/// A group was not committed, and nobody was told that it was.
pub fn group_failed(deliveries: usize, error: &StoreError) {
    counter!(COMMIT_FAILURES, "kind" => error.kind().as_str()).increment(1);
    error!(deliveries, %error, "group not committed: none of it is acknowledged");
}

/// A group was not committed, for a reason that may pass; it is tried again while somebody waits.
pub fn group_tried_again(deliveries: usize, error: &StoreError) {
    counter!(COMMIT_RETRIES, "kind" => error.kind().as_str()).increment(1);
    warn!(deliveries, %error, "group not committed yet: it is tried again until its deadline");
}

/// Deliveries were committed by a try whose answer was lost, and are answered with success.
pub fn group_read_back(deliveries: usize) {
    info!(deliveries, "read back after a lost answer: committed");
}

/// The database does not take the content of a group: its deliveries are committed one by one.
pub fn group_split(deliveries: usize, error: &StoreError) {
    warn!(deliveries, %error, "group not taken: its deliveries are committed one by one");
}

/// The database does not take what an authentic delivery says: it is kept for repair.
pub fn kept_for_repair(delivery_id: Uuid, error: &StoreError) {
    counter!(COMMIT_FAILURES, "kind" => error.kind().as_str()).increment(1);
    error!(%delivery_id, %error, "the database does not take this delivery: kept for repair");
}

/// So many deliveries wait to be recorded.
pub fn queue_depth(deliveries: usize) {
    gauge!(QUEUE_DEPTH).set(as_gauge(deliveries));
}

/// Refused deliveries were dropped because too many waited to be kept.
pub fn refused_not_kept(deliveries: u64) {
    counter!(QUARANTINE_DROPPED).increment(deliveries);
}

/// So many refused deliveries of an account made room for newer ones; none at the start, so that a
/// rate over them is known to be zero.
pub fn quarantine_evicted(account: &str, deliveries: u64) {
    counter!(QUARANTINE_EVICTED, "account" => account.to_owned()).increment(deliveries);
}

/// So many bytes are in the quarantine.
pub fn quarantine_size(bytes: i64) {
    gauge!(QUARANTINE_BYTES).set(as_gauge(usize::try_from(bytes).unwrap_or_default()));
}

/// Refused deliveries could not be put into the quarantine. Nothing authentic is lost.
pub fn quarantine_failed(deliveries: usize, error: &StoreError) {
    refused_not_kept(deliveries.try_into().unwrap_or(u64::MAX));
    warn!(deliveries, %error, "refused deliveries not kept");
}

/// So many refunds are conflicting.
pub fn conflicting_refunds(refunds: i64) {
    gauge!(CONFLICTING).set(as_gauge(usize::try_from(refunds).unwrap_or_default()));
}

/// A regular task failed; it is tried again.
pub fn maintenance_failed(task: &'static str, error: &StoreError) {
    warn!(task, %error, "upkeep failed: it will be tried again");
}

/// Whether commits go through changed.
pub fn readiness_changed(problem: Option<&str>) {
    match problem {
        None => info!("ready: commits go through"),
        Some(problem) => error!(problem, "not ready: commits do not go through"),
    }
}

/// The store works with another server of the database URL from now on.
pub fn database_server_changed(from: &str, to: &str) {
    counter!(DATABASE_CHANGES).increment(1);
    warn!(from, to, "another database server is used from now on");
}

/// Gauges are floats by their format; counts up to 2^53 are exact.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a metric, no money")]
fn as_gauge(count: usize) -> f64 {
    count as f64
}
