//! The exporter: records the metrics of this process and renders them for Prometheus.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use time::OffsetDateTime;

use super::accounts::{ACCOUNTS, KEPT};
use super::keys::KEYS;
use super::metrics::{GROUP_SIZE, describe};
use super::replaced::Replaced;
use super::{deprecated, process};
use crate::clock::Clock;

/// How often the exporter moves observations into the histograms' buckets, scraped or not.
const DRAIN_EVERY: Duration = Duration::from_secs(5);

/// Renders the metrics.
#[derive(Clone, Debug)]
pub struct Exporter {
    handle: PrometheusHandle,
    started: OffsetDateTime,
}

/// The exporter of this process. All services of a process share it.
static INSTALLED: Mutex<Option<Exporter>> = Mutex::new(None);

/// Returns the exporter of this process; the first call starts recording metrics. Must be called
/// within a runtime: a task drains the histograms, which would otherwise grow without limit when
/// nothing scrapes them.
///
/// # Errors
///
/// The recorder could not be built.
pub fn install() -> Result<Exporter, BuildError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    let exporter = match installed.take() {
        Some(exporter) => exporter,
        None => start()?,
    };
    Ok(installed.insert(exporter).clone())
}

fn start() -> Result<Exporter, BuildError> {
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
    let sizes = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .set_buckets_for_metric(Matcher::Full(GROUP_SIZE.to_owned()), &sizes)?
        .build_recorder();
    let handle = recorder.handle();
    // It fails only if other code of this program has installed a recorder.
    let _ = ::metrics::set_global_recorder(recorder);
    describe();
    let draining = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(DRAIN_EVERY);
        loop {
            ticks.tick().await;
            draining.run_upkeep();
        }
    });
    Ok(Exporter { handle, started: Clock::System.now() })
}

impl Exporter {
    /// Returns all metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        let exported = self.handle.render();
        let aliases = deprecated::aliases(&exported);
        let replaced = [&ACCOUNTS, &KEPT, &KEYS].map(Replaced::render).concat();
        exported + &replaced + &process::render(self.started) + &aliases
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{DRAIN_EVERY, install};
    use crate::telemetry;

    /// Returns the resident memory of this process, in KiB.
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn hazard_33_histograms_do_not_grow_without_scrapes() {
        let exporter = install().unwrap();
        let observe = async || {
            for _ in 0..30_000 {
                telemetry::group_committed(1, Duration::from_millis(3));
            }
            tokio::time::sleep(DRAIN_EVERY).await;
        };
        observe().await;
        let before = resident();
        for _ in 0..40 {
            observe().await;
        }
        // Kept individually, more than two million observations would take more than 18 MiB.
        let grown = resident().saturating_sub(before);
        assert!(grown < 6 * 1024, "{grown} KiB");
        assert!(exporter.render().contains("refund_inbox_commit_seconds_count 1230000"));
    }
}
