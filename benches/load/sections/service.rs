//! Measures the service under different loads.

use super::bench::Bench;
use crate::report;
use crate::run::Trial;

/// Measures the mix over more and more connections.
pub(super) async fn connections(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, over more and more connections");
    for connections in bench.options.connections_or(&[1, 16, 64, 256, 1024]) {
        let run = bench.measure_mix(&bench.trial("the mix", connections)).await;
        if connections == 1024 {
            bench.figures.full = Some(run);
        }
    }
}

/// Measures the mix with repeats.
pub(super) async fn repeats(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, with repeats of earlier notifications");
    for repeats in [0.0, 0.3, 0.9] {
        let name = format!("{:.0} % repeats", repeats * 100.0);
        bench.measure_mix(&Trial { repeats, ..bench.trial(name, 256) }).await;
    }
}
