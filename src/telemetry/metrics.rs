//! The names and descriptions of the metrics. `docs/operating.md` says what each means for an
//! operator.

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};

/// Deliveries by verdict.
pub(super) const DELIVERIES: &str = "refund_inbox_deliveries_total";
/// Requests that never became deliveries.
pub(super) const REJECTED: &str = "refund_inbox_requests_rejected_total";
/// Time from the complete body to the answer.
pub(super) const REQUEST_SECONDS: &str = "refund_inbox_request_seconds";
/// Connections that are open.
pub(super) const CONNECTIONS: &str = "refund_inbox_connections";
/// Connections that were closed before a complete request arrived.
pub(super) const CONNECTIONS_SHED: &str = "refund_inbox_connections_shed_total";
/// Deliveries in one recording transaction.
pub(super) const GROUP_SIZE: &str = "refund_inbox_group_size";
/// Duration of one recording transaction.
pub(super) const COMMIT_SECONDS: &str = "refund_inbox_commit_seconds";
/// Recording transactions that failed.
pub(super) const COMMIT_FAILURES: &str = "refund_inbox_commit_failures_total";
/// Recording transactions that were tried again.
pub(super) const COMMIT_RETRIES: &str = "refund_inbox_commit_retries_total";
/// Switches to another server of the database URL.
pub(super) const DATABASE_CHANGES: &str = "refund_inbox_database_changes_total";
/// Deliveries that wait to be recorded.
pub(super) const QUEUE_DEPTH: &str = "refund_inbox_queue_depth";
/// Refunds for which the provider reported different final statuses.
pub(super) const CONFLICTING: &str = "refund_inbox_refunds_conflicting";
/// Refusals in a row, by account.
pub(super) const CONSECUTIVE_REFUSALS: &str = "refund_inbox_consecutive_refusals";
/// Reloads of the configuration, by result.
pub(super) const RELOADS: &str = "refund_inbox_config_reloads_total";
/// Whether the last reload succeeded.
pub(super) const RELOAD_SUCCEEDED: &str = "refund_inbox_config_last_reload_successful";
/// When the configuration in force was read.
pub(super) const RELOAD_SUCCESS_TIME: &str =
    "refund_inbox_config_last_reload_success_timestamp_seconds";
/// Time until a certificate expires.
pub(super) const KEY_EXPIRY: &str = "refund_inbox_key_expiry_seconds";
/// Size of the quarantine.
pub(super) const QUARANTINE_BYTES: &str = "refund_inbox_quarantine_bytes";
/// Refused deliveries that newer ones evicted from the quarantine.
pub(super) const QUARANTINE_EVICTED: &str = "refund_inbox_quarantine_evicted_total";
/// Refused deliveries that were never written to the quarantine.
pub(super) const QUARANTINE_DROPPED: &str = "refund_inbox_quarantine_dropped_total";
/// Fields of authentic messages that could not be read.
pub(super) const UNREAD_FIELDS: &str = "refund_inbox_unread_fields_total";
/// Refund events with a flag.
pub(super) const FLAGGED_EVENTS: &str = "refund_inbox_flagged_events_total";
/// Refund events with an unknown status word.
pub(super) const UNKNOWN_STATUS: &str = "refund_inbox_unknown_status_total";

/// The accounts in force.
pub(super) const ACCOUNT_INFO: &str = "refund_inbox_account_info";
/// The version.
pub(super) const BUILD_INFO: &str = "refund_inbox_build_info";
/// Whether commits succeed, as `/readyz` answers.
pub(super) const READY: &str = "refund_inbox_ready";
/// Refunds without a final status.
pub(super) const REFUNDS_OPEN: &str = "refund_inbox_refunds_open";
/// Refunds that are open for longer than their account's alarm.
pub(super) const REFUNDS_OVERDUE: &str = "refund_inbox_refunds_overdue";
/// Refunds at which a person must look.
pub(super) const REFUNDS_NEEDING_ATTENTION: &str = "refund_inbox_refunds_needing_attention";
/// Kept deliveries that wait for repair.
pub(super) const DELIVERIES_WAITING: &str = "refund_inbox_deliveries_waiting";
/// When the newest event of an account was recorded.
pub(super) const LAST_RECORDED: &str = "refund_inbox_last_recorded_timestamp_seconds";
/// Deliveries in no month's partition.
pub(super) const DEFAULT_PARTITION_ROWS: &str = "refund_inbox_default_partition_rows";
/// Months of deliveries that stay although they are older than they are kept.
pub(super) const KEPT_MONTHS: &str = "refund_inbox_retention_kept_months";
/// How much of the server's log a replication slot holds.
pub(super) const SLOT_LAG: &str = "refund_inbox_replication_slot_lag_bytes";

/// Describes all metrics, and creates the series that an operator builds rates from.
pub(super) fn describe() {
    describe_counter!(DELIVERIES, "Deliveries to configured accounts, by verdict and reason.");
    describe_counter!(REJECTED, "Requests that reached no account or could not be read.");
    describe_gauge!(CONNECTIONS, "Open connections.");
    describe_counter!(CONNECTIONS_SHED, "Connections closed before a complete request arrived.");
    describe_histogram!(REQUEST_SECONDS, "Seconds from the complete body to the answer.");
    describe_histogram!(GROUP_SIZE, "Deliveries in one recording transaction.");
    describe_histogram!(COMMIT_SECONDS, "Seconds that one recording transaction took.");
    describe_counter!(COMMIT_FAILURES, "Recording transactions that failed, by kind of error.");
    describe_counter!(
        COMMIT_RETRIES,
        "Recording transactions that were retried, by kind of error."
    );
    describe_counter!(DATABASE_CHANGES, "Switches to another server of the database URL.");
    describe_gauge!(QUEUE_DEPTH, "Deliveries that wait to be recorded.");
    describe_gauge!(READY, "1 if commits succeed, as /readyz answers, else 0.");
    describe_gauge!(CONFLICTING, "Refunds with different final statuses reported.");
    describe_gauge!(CONSECUTIVE_REFUSALS, "Refusals since the last accepted delivery.");
    describe_counter!(RELOADS, "Reloads of the configuration, by result.");
    describe_gauge!(RELOAD_SUCCEEDED, "1 if the last reload found a valid configuration, else 0.");
    describe_gauge!(RELOAD_SUCCESS_TIME, "Unix time at which the accounts in force were read.");
    describe_gauge!(QUARANTINE_BYTES, "Bytes of refused deliveries in the quarantine.");
    describe_counter!(QUARANTINE_EVICTED, "Refused deliveries that newer ones evicted.");
    describe_counter!(QUARANTINE_DROPPED, "Refused deliveries that were never quarantined.");
    describe_counter!(UNREAD_FIELDS, "Fields of refund events that could not be read.");
    describe_counter!(FLAGGED_EVENTS, "Refund events with a flag, by flag.");
    describe_counter!(UNKNOWN_STATUS, "Refund events with an unknown status word.");
    describe_gauge!(KEPT_MONTHS, "Old months of deliveries that stay because something waits.");
    // These series exist from the start, so that a rate over them is zero.
    counter!(DATABASE_CHANGES).increment(0);
    counter!(QUARANTINE_DROPPED).increment(0);
    for reason in ["limit", "open_files", "overdue"] {
        counter!(CONNECTIONS_SHED, "reason" => reason).increment(0);
    }
    gauge!(QUARANTINE_BYTES).set(0.0);
    gauge!(QUEUE_DEPTH).set(0.0);
    gauge!(KEPT_MONTHS).set(0.0);
}

/// Returns a count as the float that a gauge takes. Counts up to 2^53 are exact.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a metric, not money")]
pub(super) fn as_gauge(count: usize) -> f64 {
    count as f64
}
