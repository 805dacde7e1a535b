//! The metrics and how they are shown. `docs/operating.md` says what each is good for.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::{deprecated, keys};

/// Deliveries by verdict.
pub(super) const DELIVERIES: &str = "refund_inbox_deliveries_total";
/// Requests that never became deliveries.
pub(super) const REJECTED: &str = "refund_inbox_requests_rejected_total";
/// Time from the whole body to the answer.
pub(super) const REQUEST_SECONDS: &str = "refund_inbox_request_seconds";
/// Connections that are open.
pub(super) const CONNECTIONS: &str = "refund_inbox_connections";
/// Connections that were closed before their requests were whole.
pub(super) const CONNECTIONS_SHED: &str = "refund_inbox_connections_shed_total";
/// Deliveries in one transaction.
pub(super) const GROUP_SIZE: &str = "refund_inbox_group_size";
/// Time of one recording transaction.
pub(super) const COMMIT_SECONDS: &str = "refund_inbox_commit_seconds";
/// Recording transactions that failed.
pub(super) const COMMIT_FAILURES: &str = "refund_inbox_commit_failures_total";
/// Recording transactions that were tried again.
pub(super) const COMMIT_RETRIES: &str = "refund_inbox_commit_retries_total";
/// Changes to another server of the database URL.
pub(super) const DATABASE_CHANGES: &str = "refund_inbox_database_changes_total";
/// Deliveries that wait to be recorded.
pub(super) const QUEUE_DEPTH: &str = "refund_inbox_queue_depth";
/// Refunds with different final states.
pub(super) const CONFLICTING: &str = "refund_inbox_refunds_conflicting";
/// Reloads of the configuration, by result.
pub(super) const RELOADS: &str = "refund_inbox_config_reloads_total";
/// Whether the last reload succeeded.
pub(super) const RELOAD_SUCCEEDED: &str = "refund_inbox_config_last_reload_successful";
/// When the configuration in force was read.
pub(super) const RELOAD_SUCCESS_TIME: &str =
    "refund_inbox_config_last_reload_success_timestamp_seconds";
/// Time until a certificate ends.
pub(super) const KEY_EXPIRY: &str = "refund_inbox_key_expiry_seconds";
/// Size of the quarantine.
pub(super) const QUARANTINE_BYTES: &str = "refund_inbox_quarantine_bytes";
/// Refused deliveries that went out of the quarantine.
pub(super) const QUARANTINE_EVICTED: &str = "refund_inbox_quarantine_evicted_total";
/// Refused deliveries that were not kept.
pub(super) const QUARANTINE_DROPPED: &str = "refund_inbox_quarantine_dropped_total";
/// Events with a status word that we do not know.
pub(super) const UNKNOWN_STATUS: &str = "refund_inbox_unknown_status_total";

/// How often histograms are emptied into their buckets, scraped or not.
const UPKEEP: Duration = Duration::from_secs(5);

/// Shows the metrics.
#[derive(Clone, Debug)]
pub struct Exporter(PrometheusHandle);

/// A process measures once, however many services it runs.
static INSTALLED: Mutex<Option<Exporter>> = Mutex::new(None);

/// Begins to measure, if nobody has in this process; returns what shows it. Must be called within
/// a runtime, for the upkeep without which histograms grow for ever when nobody scrapes.
pub fn install() -> Result<Exporter, BuildError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    let exporter = match installed.take() {
        Some(exporter) => exporter,
        None => begin()?,
    };
    Ok(installed.insert(exporter).clone())
}

fn begin() -> Result<Exporter, BuildError> {
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
    let sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .set_buckets_for_metric(Matcher::Full(GROUP_SIZE.to_owned()), &sizes)?
        .build_recorder();
    let handle = recorder.handle();
    // Somebody else's recorder would have to be in this program already.
    let _ = ::metrics::set_global_recorder(recorder);
    describe();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(Exporter(handle))
}

impl Exporter {
    /// All metrics in Prometheus' text form.
    pub fn render(&self) -> String {
        let exported = self.0.render();
        let aliases = deprecated::aliases(&exported);
        exported + &keys::render() + &aliases
    }
}

fn describe() {
    describe_counter!(DELIVERIES, "Deliveries to known accounts, by verdict and reason.");
    describe_counter!(REJECTED, "Requests that reached no account or could not be read.");
    describe_gauge!(CONNECTIONS, "Connections that are open.");
    describe_counter!(CONNECTIONS_SHED, "Connections closed before their requests were whole.");
    describe_histogram!(REQUEST_SECONDS, "Seconds from the whole body to the answer.");
    describe_histogram!(GROUP_SIZE, "Deliveries in one recording transaction.");
    describe_histogram!(COMMIT_SECONDS, "Seconds of one recording transaction.");
    describe_counter!(COMMIT_FAILURES, "Recording transactions that failed, by kind.");
    describe_counter!(COMMIT_RETRIES, "Recording transactions that were tried again, by kind.");
    describe_counter!(DATABASE_CHANGES, "Changes to another server of the database URL.");
    describe_gauge!(QUEUE_DEPTH, "Deliveries that wait to be recorded.");
    describe_gauge!(CONFLICTING, "Refunds of which different final states were told.");
    describe_counter!(RELOADS, "Readings of the configuration while serving, by result.");
    describe_gauge!(RELOAD_SUCCEEDED, "1 when the last reading found a sound configuration.");
    describe_gauge!(RELOAD_SUCCESS_TIME, "When the accounts in force were read, in Unix time.");
    describe_gauge!(QUARANTINE_BYTES, "Bytes of refused deliveries that are kept.");
    describe_counter!(QUARANTINE_EVICTED, "Refused deliveries that made room for newer ones.");
    describe_counter!(QUARANTINE_DROPPED, "Refused deliveries that were not kept.");
    // There from the start, so that a rate over them is known to be zero.
    counter!(DATABASE_CHANGES).increment(0);
    counter!(QUARANTINE_DROPPED).increment(0);
    for reason in ["limit", "open_files", "overdue"] {
        counter!(CONNECTIONS_SHED, "reason" => reason).increment(0);
    }
    gauge!(QUARANTINE_BYTES).set(0.0);
    gauge!(QUEUE_DEPTH).set(0.0);
    describe_counter!(UNKNOWN_STATUS, "Refund events with a status word nobody has taught us.");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{UPKEEP, install};
    use crate::telemetry;

    /// Memory of this process, in KiB.
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn hazard_33_histograms_do_not_grow_when_nobody_scrapes() {
        let exporter = install().unwrap();
        let observe = async || {
            for _ in 0..30_000 {
                telemetry::group_committed(1, Duration::from_millis(3));
            }
            tokio::time::sleep(UPKEEP).await;
        };
        observe().await;
        let before = resident();
        for _ in 0..40 {
            observe().await;
        }
        // Kept one by one, these two million and more observations would be 18 MiB and more.
        let grown = resident().saturating_sub(before);
        assert!(grown < 6 * 1024, "{grown} KiB");
        assert!(exporter.render().contains("refund_inbox_commit_seconds_count 1230000"));
    }
}
