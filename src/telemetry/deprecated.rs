//! Renamed metrics. The service also exports them under their old names. The minor release after
//! this one removes the old names.

use std::fmt::Write;

use tracing::info;

use super::metrics::{QUARANTINE_BYTES, QUARANTINE_DROPPED, QUARANTINE_EVICTED};

/// The old name of each renamed metric, and its new name.
const RENAMED: [(&str, &str); 3] = [
    ("refund_inbox_pen_bytes", QUARANTINE_BYTES),
    ("refund_inbox_pen_evicted_total", QUARANTINE_EVICTED),
    ("refund_inbox_pen_dropped_total", QUARANTINE_DROPPED),
];

/// Logs the deprecated names, once when the service starts.
pub fn deprecated_metrics() {
    let names: Vec<String> =
        RENAMED.iter().map(|(old, new)| format!("{old} (use {new})")).collect();
    info!("metrics are also exported under deprecated names: {}", names.join(", "));
}

/// Returns the renamed series of `exported`, which is Prometheus' text form, under their old names.
pub(super) fn aliases(exported: &str) -> String {
    let mut aliases = String::new();
    for (old, new) in RENAMED {
        for line in exported.lines() {
            if let Some(sample) = line.strip_prefix(new)
                && sample.starts_with([' ', '{'])
            {
                aliases.push_str(old);
                aliases.push_str(sample);
                aliases.push('\n');
            } else if let Some(kind) = line.strip_prefix(&format!("# TYPE {new} ")) {
                // Writing into a string does not fail.
                let _ = writeln!(aliases, "# HELP {old} Deprecated: use {new}.");
                let _ = writeln!(aliases, "# TYPE {old} {kind}");
            }
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::aliases;

    #[test]
    fn renamed_series_are_exported_under_their_old_names_and_others_are_not() {
        let exported = "\
# HELP refund_inbox_quarantine_evicted_total Refused deliveries evicted for newer ones.
# TYPE refund_inbox_quarantine_evicted_total counter
refund_inbox_quarantine_evicted_total{account=\"a\"} 2

# TYPE refund_inbox_quarantine_bytes gauge
refund_inbox_quarantine_bytes 7

# TYPE refund_inbox_queue_depth gauge
refund_inbox_queue_depth 0
";
        assert_eq!(
            aliases(exported),
            "\
# HELP refund_inbox_pen_bytes Deprecated: use refund_inbox_quarantine_bytes.
# TYPE refund_inbox_pen_bytes gauge
refund_inbox_pen_bytes 7
# HELP refund_inbox_pen_evicted_total Deprecated: use refund_inbox_quarantine_evicted_total.
# TYPE refund_inbox_pen_evicted_total counter
refund_inbox_pen_evicted_total{account=\"a\"} 2
"
        );
    }
}
