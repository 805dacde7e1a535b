//! Metrics of the process itself, under the names that Prometheus' clients share, and its version.
//! They are read at each scrape. What the system does not tell is left out.

use std::fmt::Write;
use std::fs;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeValLike;
use time::OffsetDateTime;

use super::metrics::BUILD_INFO;

/// Returns the metrics in Prometheus' text format. `started` is when the process started.
#[expect(clippy::float_arithmetic, reason = "a metric, not money")]
pub(super) fn render(started: OffsetDateTime) -> String {
    let mut page = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("{BUILD_INFO}{{version=\"{version}\"}}");
    sample(&mut page, BUILD_INFO, "gauge", "Always 1: the version.", &build, 1_u8);
    let mut one = |name: &str, kind: &str, help: &str, value: Option<f64>| {
        if let Some(value) = value {
            sample(&mut page, name, kind, help, name, value);
        }
    };
    let (name, help) = ("process_cpu_seconds_total", "Seconds of processor time.");
    one(name, "counter", help, cpu_seconds());
    let (name, help) = ("process_resident_memory_bytes", "Memory in use.");
    one(name, "gauge", help, status("VmRSS:").map(|kib| kib * 1024.0));
    let (name, help) = ("process_virtual_memory_bytes", "Address space in use.");
    one(name, "gauge", help, status("VmSize:").map(|kib| kib * 1024.0));
    one("process_threads", "gauge", "Threads.", status("Threads:"));
    one("process_open_fds", "gauge", "Open files.", open_files());
    one("process_max_fds", "gauge", "How many files may be open.", most_files());
    let (name, help) = ("process_start_time_seconds", "Unix time of the start.");
    let started = (started - OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
    one(name, "gauge", help, Some(started));
    page
}

fn sample(
    page: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    series: &str,
    value: impl std::fmt::Display,
) {
    // Writing into a string does not fail.
    let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{series} {value}\n");
}

fn cpu_seconds() -> Option<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let micros = usage.user_time() + usage.system_time();
    Some(as_seconds(micros.num_microseconds()))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a metric, not money"
)]
fn as_seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Returns the number in this line of the process's status.
fn status(line: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
    rest.split_whitespace().next()?.parse().ok()
}

fn open_files() -> Option<f64> {
    // Reading the directory opens it.
    let files = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    Some(super::metrics::as_gauge(files))
}

fn most_files() -> Option<f64> {
    let (most, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    Some(super::metrics::as_gauge(usize::try_from(most).ok()?))
}
