//! Log lines and metrics of the service's maintenance tasks.

use std::fmt::Display;

use ::metrics::gauge;
use tracing::warn;

use super::metrics::{CONFLICTING, as_gauge};

/// Sets how many refunds are conflicting.
pub fn conflicting_refunds(refunds: i64) {
    gauge!(CONFLICTING).set(as_gauge(usize::try_from(refunds).unwrap_or_default()));
}

/// Records that a maintenance task failed. The service tries it again at its next interval.
pub fn maintenance_failed(task: &'static str, error: &dyn Display) {
    warn!(task, %error, "maintenance failed: it will be tried again");
}
