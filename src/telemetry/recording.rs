//! Log lines and metrics of the recording of deliveries: group commits and the queue in front of
//! them.

use std::fmt::Display;
use std::time::Duration;

use ::metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};
use uuid::Uuid;

use super::metrics::{
    COMMIT_FAILURES, COMMIT_RETRIES, COMMIT_SECONDS, GROUP_SIZE, QUEUE_DEPTH, as_gauge,
};

/// Records that a group was committed.
pub fn group_committed(deliveries: usize, took: Duration) {
    histogram!(GROUP_SIZE).record(as_gauge(deliveries));
    histogram!(COMMIT_SECONDS).record(took.as_secs_f64());
    debug!(deliveries, took_us = took.as_micros(), "group committed");
}

/// Records that a group was not committed and that none of its deliveries is acknowledged. `kind`
/// is the kind of `error`, as one word of a closed set.
pub fn group_failed(deliveries: usize, kind: &'static str, error: &dyn Display) {
    counter!(COMMIT_FAILURES, "kind" => kind).increment(1);
    error!(deliveries, %error, "group not committed: none of its deliveries is acknowledged");
}

/// Records that a group was not committed for a transient reason, and that the service tries again
/// as long as a request waits for it. `kind` is the kind of `error`.
pub fn group_retried(deliveries: usize, kind: &'static str, error: &dyn Display) {
    counter!(COMMIT_RETRIES, "kind" => kind).increment(1);
    warn!(deliveries, %error, "group not committed yet: trying again until its deadline");
}

/// Records that an earlier attempt had committed these deliveries, although its answer was lost.
/// The service acknowledges them.
pub fn group_found_committed(deliveries: usize) {
    info!(deliveries, "deliveries found committed after the answer to their commit was lost");
}

/// Records that the database rejected the content of a group, and that the service commits its
/// deliveries individually.
pub fn group_split(deliveries: usize, error: &dyn Display) {
    warn!(deliveries, %error, "the database rejected a group: committing its deliveries individually");
}

/// Records that the database rejected the content of an authentic delivery, and that the service
/// keeps the delivery for repair. `kind` is the kind of `error`.
pub fn kept_for_repair(delivery_id: Uuid, kind: &'static str, error: &dyn Display) {
    counter!(COMMIT_FAILURES, "kind" => kind).increment(1);
    error!(%delivery_id, %error, "the database rejected a delivery: it is kept for repair");
}

/// Sets how many deliveries wait to be recorded.
pub fn queue_depth(deliveries: usize) {
    gauge!(QUEUE_DEPTH).set(as_gauge(deliveries));
}
