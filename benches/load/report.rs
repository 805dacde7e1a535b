//! Prints one line for each run as soon as it is done.

use std::time::Duration;

use crate::floor::Floor;
use crate::run::Measured;

/// Prints the heading of a section, and of the columns of its lines.
pub(crate) fn section(title: &str) {
    println!("\n{title}");
    line(
        [
            "", "conn.", "ack/s", "p50 ms", "p99 ms", "p99.9 ms", "service", "postgres", "sender",
            "others", "MiB", "group", "WAL kB", "failed", "lost", "twice",
        ]
        .map(str::to_owned),
    );
}

/// Prints one run of the service.
pub(crate) fn measured(run: &Measured) {
    let [service, postgres, sender] = run.time.map(for_a_thousand);
    let [p50, p99, p999] = run.latency.map(milliseconds);
    line([
        run.name.clone(),
        run.connections.to_string(),
        format!("{:.0}", run.rate),
        p50,
        p99,
        p999,
        service,
        postgres,
        sender,
        format!("{:.0} %", run.others * 100.0),
        format!("{:.1}", run.peak_memory_kib as f64 / 1024.0),
        format!("{:.1}", run.group_size),
        format!("{:.2}", run.wal / 1000.0),
        run.not_success.to_string(),
        run.kept.lost.to_string(),
        run.kept.twice.to_string(),
    ]);
    const SHOWN: usize = 3;
    for complaint in run.complaints.iter().take(SHOWN) {
        println!("    {complaint}");
    }
    if run.complaints.len() > SHOWN {
        println!("    … and {} more warnings and errors", run.complaints.len() - SHOWN);
    }
}

/// Prints one floor in the same columns. The times are those of whole groups.
pub(crate) fn floor(name: &str, floor: &Floor) {
    let [p50, p99] = floor.group_time.map(milliseconds);
    let [postgres, sender] = floor.time.map(for_a_thousand);
    let none = String::new;
    line([
        name.to_owned(),
        floor.connections.to_string(),
        format!("{:.0}", floor.rate),
        p50,
        p99,
        none(),
        none(),
        postgres,
        sender,
        none(),
        none(),
        floor.group_size.to_string(),
        none(),
        none(),
        none(),
        none(),
    ]);
}

/// Prints a remark about the lines above.
pub(crate) fn remark(text: &str) {
    println!("    {text}");
}

fn line(cells: [String; 16]) {
    const WIDTHS: [usize; 15] = [5, 8, 8, 8, 8, 8, 8, 7, 7, 7, 7, 7, 6, 5, 5];
    let [name, cells @ ..] = cells;
    let mut text = format!("{name:<30}");
    for (cell, width) in cells.iter().zip(WIDTHS) {
        text.push_str(&format!(" {cell:>width$}"));
    }
    println!("{}", text.trim_end());
}

/// Formats a time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// Formats the milliseconds on a core for a thousand deliveries, from the time for one.
fn for_a_thousand(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1_000_000.0)
}
