//! Measures what encryption at rest costs.

use super::bench::Bench;
use crate::report;
use crate::run::Trial;

/// Measures the mix with bodies as received and with sealed ones, in turn, so that other load on the
/// machine hits both.
pub(super) async fn sealed(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, without and with encryption at rest");
    for _ in 0..3 {
        for is_sealed in [false, true] {
            let name = if is_sealed { "sealed" } else { "as received" };
            bench.measure_mix(&Trial { is_sealed, ..bench.trial(name, 256) }).await;
        }
    }
}
