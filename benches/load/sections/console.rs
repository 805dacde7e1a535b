//! Measures whether people who look at the console are felt by providers.

use std::time::Duration;

use super::bench::Bench;
use crate::report::{self, milliseconds};
use crate::run::{Trial, quantile};

/// How often each is measured, in turn, because figures vary from run to run.
const ROUNDS: usize = 5;

pub(super) async fn console(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix at half of the maximum rate, without and with the console in use");
    let most = bench.measure_mix(&bench.trial("as fast as answered", 256)).await;
    let rate = Some(most.rate / 2.0);
    let (mut without, mut with, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let closed = Trial { rate, ..bench.trial("without the console", 256) };
        without.push(bench.measure_mix(&closed).await.latency[1]);
        let open = Trial { rate, has_people: true, ..bench.trial("with the console in use", 256) };
        let measured = bench.measure_mix(&open).await;
        with.push(measured.latency[1]);
        pages.extend(measured.pages);
    }
    pages.sort_unstable();
    report::remark(&format!("p99 without, ms: {}; with: {}", listed(&without), listed(&with)));
    report::remark(&format!(
        "{} pages were looked at; they took {} ms at the median, {} ms at most",
        pages.len(),
        milliseconds(quantile(&pages, 0.5)),
        milliseconds(quantile(&pages, 1.0)),
    ));
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
