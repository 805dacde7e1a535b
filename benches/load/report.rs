//! Printing: one line for each run as soon as it is done.

use std::time::Duration;

use crate::floor::Floor;
use crate::run::Measured;

/// The heading of the lines of runs.
pub(crate) fn heading(title: &str) {
    println!("\n{title}");
    println!(
        "{:<34} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>6} {:>5} {:>5}",
        "",
        "conn.",
        "ack/s",
        "p50 ms",
        "p99 ms",
        "p999 ms",
        "service",
        "postgres",
        "sender",
        "MiB",
        "group",
        "failed",
        "lost",
        "twice",
    );
}

/// One run of the service.
pub(crate) fn measured(run: &Measured) {
    println!(
        "{:<34} {:>5} {:>8.0} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7.1} {:>7.1} {:>6} {:>5} {:>5}",
        run.name,
        run.connections,
        run.rate,
        milliseconds(run.latency[0]),
        milliseconds(run.latency[1]),
        milliseconds(run.latency[2]),
        for_a_thousand(run.time[0]),
        for_a_thousand(run.time[1]),
        for_a_thousand(run.time[2]),
        run.peak_memory_kib as f64 / 1024.0,
        run.group_size,
        run.not_success,
        run.kept.lost,
        run.kept.twice,
    );
    for complaint in run.complaints.iter().take(3) {
        println!("    {complaint}");
    }
    if run.complaints.len() > 3 {
        println!("    … and {} more warnings and errors", run.complaints.len() - 3);
    }
}

/// One floor, in the same columns.
pub(crate) fn floor(name: &str, floor: &Floor) {
    println!(
        "{name:<34} {:>5} {:>8.0} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7}",
        floor.connections,
        floor.rate,
        milliseconds(floor.group_time),
        "",
        "",
        "",
        for_a_thousand(floor.time),
        "",
        "",
        floor.group_size,
    );
}

/// A time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// Milliseconds on a core for a thousand deliveries, from the time for one.
fn for_a_thousand(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1_000_000.0)
}
