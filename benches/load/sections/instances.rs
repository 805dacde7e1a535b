//! Measures several instances on one database.

use super::bench::Bench;
use crate::report;
use crate::run::Trial;

pub(super) async fn instances(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, with several instances on one database");
    for instances in [1, 2, 4] {
        let name = match instances {
            1 => "one instance".to_owned(),
            _ => format!("{instances} instances"),
        };
        bench.measure_mix(&Trial { instances, ..bench.trial(name, 256) }).await;
    }
}
