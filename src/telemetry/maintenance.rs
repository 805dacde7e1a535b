//! Log lines and metrics of the service's maintenance tasks.

use std::fmt::Display;

use ::metrics::gauge;
use time::Date;
use tracing::{info, warn};

use super::metrics::{CONFLICTING, KEPT_MONTHS, as_gauge};

/// Sets how many refunds are conflicting.
pub fn conflicting_refunds(refunds: i64) {
    gauge!(CONFLICTING).set(as_gauge(usize::try_from(refunds).unwrap_or_default()));
}

/// Records that a maintenance task failed. The service tries it again at its next interval.
pub fn maintenance_failed(task: &'static str, error: &dyn Display) {
    warn!(task, %error, "maintenance failed: it will be tried again");
}

/// Records that deliveries that are older than they are kept were emptied.
pub fn deliveries_emptied(deliveries: i64) {
    info!(
        deliveries,
        "emptied the bodies and headers of deliveries older than [retention] keeps them"
    );
}

/// Records that a month of deliveries was dropped.
pub fn month_dropped(month: Date) {
    info!(%month, "dropped a month of deliveries older than [retention] keeps them");
}

/// Sets how many months of deliveries stay although they are old, because something in them waits.
pub fn kept_months(months: usize) {
    gauge!(KEPT_MONTHS).set(as_gauge(months));
}

/// Records that data keys were wrapped again after a rotation.
pub fn data_keys_rewrapped(data_keys: usize) {
    info!(data_keys, "data keys wrapped with the newest key of [at_rest]");
}
