//! Log lines and metrics: one function for each event, which writes the log line and updates the
//! metric.
//!
//! Labels come from the configuration or from a closed set, never from a request. No log line
//! contains a secret, personal data or a part of a body. The functions take plain values and errors
//! that can be displayed, so that every other folder can call them.

mod accounts;
mod database;
mod deliveries;
mod deprecated;
mod exporter;
mod feed;
mod keys;
mod load;
mod logs;
mod maintenance;
mod metrics;
mod process;
mod quarantine;
mod recording;
mod refusals;
mod reload;
mod replaced;
mod sampling;

pub use accounts::{AccountInForce, Kept, accounts_in_force, kept};
pub use database::{database_server_changed, readiness, readiness_changed};
pub use deliveries::{
    Answered, delivery_answered, flagged_event, request_rejected, transmission_reused,
    unknown_certificate, unknown_status, unread_field,
};
pub use deprecated::deprecated_metrics;
pub use exporter::{Exporter, install as install_metrics};
pub use feed::{feed_interrupted, feed_not_announced, feed_resumed, reader_ahead_of_feed};
pub use keys::{key_expires_soon, key_expiry};
pub use load::{OpenConnection, connections_limited, connections_shed, not_accepted};
pub use logs::{install as install_logs, install_panic_hook};
pub use maintenance::{
    conflicting_refunds, data_keys_rewrapped, deliveries_emptied, kept_months, maintenance_failed,
    month_dropped,
};
pub use quarantine::{quarantine_dropped, quarantine_evicted, quarantine_failed, quarantine_size};
pub use recording::{
    group_committed, group_failed, group_found_committed, group_retried, group_split,
    kept_for_repair, queue_depth,
};
pub use refusals::{AccountRefuses, account_refuses, consecutive_refusals};
pub use reload::{
    configuration_in_force, configuration_not_reloaded, configuration_reloaded, deprecated_setting,
    no_accounts, restart_needed,
};
