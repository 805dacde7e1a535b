//! Measures how long answers take at half load and at full load.

use super::bench::Bench;
use crate::report;
use crate::run::Trial;

pub(super) async fn latency(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, at half of the maximum rate and at the maximum");
    let most = bench.measure_mix(&bench.trial("as fast as answered", 256)).await;
    let rate = most.rate / 2.0;
    let name = format!("{rate:.0} a second by a clock");
    let half = Trial { rate: Some(rate), ..bench.trial(name, 256) };
    bench.figures.half = Some(bench.measure_mix(&half).await);
    let full = bench.trial("as fast as answered", 1024);
    bench.figures.full = Some(bench.measure_mix(&full).await);
}
