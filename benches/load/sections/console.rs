//! Measures whether people who look at the console are felt by providers.

use std::time::Duration;

use super::bench::Bench;
use crate::people::{Seen, Use};
use crate::report::{self, milliseconds};
use crate::run::{Trial, quantile};

/// How often each is measured, in turn, because figures vary from run to run.
const ROUNDS: usize = 5;

/// Who uses the console, each with its name.
const USES: [(&str, Option<Use>); 4] = [
    ("without the console", None),
    ("three readers", Some(Use::Readers)),
    ("a listener", Some(Use::Listener)),
    ("readers and a listener", Some(Use::Both)),
];

pub(super) async fn console(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix at half of the maximum rate, without and with the console in use");
    let most = bench.measure_mix(&bench.trial("as fast as answered", 256)).await;
    let rate = Some(most.rate / 2.0);
    let mut latencies = USES.map(|_| Vec::new());
    let mut seen = Seen::default();
    for _ in 0..ROUNDS {
        for ((name, used_by), latencies) in USES.iter().zip(&mut latencies) {
            let trial = Trial { rate, used_by: *used_by, ..bench.trial(*name, 256) };
            let measured = bench.measure_mix(&trial).await;
            latencies.push(measured.latency[1]);
            if *used_by == Some(Use::Both) {
                seen.add(measured.seen);
            }
        }
    }
    for ((name, _), latencies) in USES.iter().zip(&latencies) {
        report::remark(&format!("p99, {name}, ms: {}", listed(latencies)));
    }
    let whole = bench.options.longest() * ROUNDS.try_into().unwrap();
    report::remark(&format!(
        "readers and listener themselves took {:.1} % of a core, and the listener received {:.1} MB/s",
        100.0 * seen.spent.as_secs_f64() / whole.as_secs_f64(),
        seen.bytes as f64 / 1e6 / whole.as_secs_f64(),
    ));
    for (page, mut took) in seen.pages {
        took.sort_unstable();
        report::remark(&format!(
            "{page}: {} times, {} ms at the median, {} ms at most",
            took.len(),
            milliseconds(quantile(&took, 0.5)),
            milliseconds(quantile(&took, 1.0)),
        ));
    }
    let [mut without, .., mut with] = latencies;
    with.sort_unstable();
    without.sort_unstable();
    // The worst of all is often the first run, which is alone in being slow.
    let worst = without.iter().rev().nth(1).copied().unwrap_or_default();
    let ratio = quantile(&with, 0.5).as_secs_f64() / worst.as_secs_f64();
    bench.figures.console = Some(ratio);
}

fn listed(times: &[Duration]) -> String {
    times.iter().map(|time| milliseconds(*time)).collect::<Vec<_>>().join(", ")
}
