//! What can be observed from outside: one function for each thing, which writes the log line and
//! moves the metric. Labels come from the configuration or from a closed set, never from a request.
//! No line holds a secret, personal data or a part of a body.

mod deliveries;
mod deprecated;
mod feed;
mod keys;
mod load;
mod logs;
mod metrics;
mod reload;
mod sampling;
mod service;

pub use deliveries::{Answered, delivery_answered, request_rejected, unknown_status};
pub use deprecated::deprecated_metrics;
pub use feed::{feed_goes_on, feed_interrupted, feed_is_behind_its_reader, feed_not_heard};
pub use keys::{key_expires_soon, key_expiry};
pub use load::{OpenConnection, connections_limited, connections_shed, not_accepted};
pub use logs::{install as install_logs, install_panic_hook};
pub use metrics::{Exporter, install as install_metrics};
pub use reload::{
    configuration_in_force, configuration_not_reloaded, configuration_reloaded, deprecated_setting,
    no_accounts, restart_needed,
};
pub use service::{
    conflicting_refunds, database_server_changed, group_committed, group_failed, group_read_back,
    group_split, group_tried_again, kept_for_repair, maintenance_failed, quarantine_evicted,
    quarantine_failed, quarantine_size, queue_depth, readiness_changed, refused_not_kept,
};
