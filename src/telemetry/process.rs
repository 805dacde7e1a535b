//! Metrics of the process itself, under the names that Prometheus' clients share, and its version.
//! They are read at each scrape. What the system does not tell is left out.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeValLike;
use time::OffsetDateTime;

use super::metrics::BUILD_INFO;

/// Returns the metrics in Prometheus' text format. `started` is when the process started.
pub(super) fn render(started: OffsetDateTime) -> String {
    let mut page = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("{BUILD_INFO}{{version=\"{version}\"}}");
    sample(&mut page, BUILD_INFO, "gauge", "Always 1: the version.", &build, 1_u8);
    let mut one = |name: &str, kind: &str, help: &str, value: Option<String>| {
        if let Some(value) = value {
            sample(&mut page, name, kind, help, name, value);
        }
    };
    let (name, help) = ("process_cpu_seconds_total", "Seconds of processor time.");
    one(name, "counter", help, cpu_seconds());
    let (name, help) = ("process_resident_memory_bytes", "Memory in use.");
    one(name, "gauge", help, status("VmRSS:").map(in_bytes));
    let (name, help) = ("process_virtual_memory_bytes", "Address space in use.");
    one(name, "gauge", help, status("VmSize:").map(in_bytes));
    let threads = status("Threads:").map(|threads| threads.to_string());
    one("process_threads", "gauge", "Threads.", threads);
    one("process_open_fds", "gauge", "Open files.", open_files());
    one("process_max_fds", "gauge", "How many files may be open.", most_files());
    let (name, help) = ("process_start_time_seconds", "Unix time of the start.");
    let started = (started - OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
    one(name, "gauge", help, Some(started.to_string()));
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

fn cpu_seconds() -> Option<String> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    let time = Duration::from_micros(u64::try_from(micros).ok()?);
    Some(time.as_secs_f64().to_string())
}

/// Returns the number in this line of the process's status.
fn status(line: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Returns a size that the process's status has in KiB.
fn in_bytes(kib: u64) -> String {
    kib.saturating_mul(1024).to_string()
}

fn open_files() -> Option<String> {
    // Reading the directory opens it.
    let files = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    Some(files.to_string())
}

fn most_files() -> Option<String> {
    let (most, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    Some(most.to_string())
}
