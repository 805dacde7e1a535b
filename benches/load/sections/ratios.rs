//! Compares the service with what its database can do, and with itself without groups.

use std::time::Duration;

use super::bench::Bench;
use crate::floor::Groups;
use crate::report;
use crate::run::Trial;

/// The rates that no run of one dialect is expected to exceed, in requests a second.
const HASH_A_SECOND: f64 = 20_000.0;
const RSA_A_SECOND: f64 = 8_000.0;

/// Measures each dialect alone, and its floor over one and over two connections.
pub(super) async fn floor(bench: &mut Bench) {
    report::section("Each provider alone, and the same rows without the service (floor)");
    for place in 0..bench.dialects.len() {
        let seconds = bench.options.seconds;
        let dialect = &mut bench.dialects[place];
        let is_hash = dialect.is_signed_with_hash();
        let a_second = if is_hash { HASH_A_SECOND } else { RSA_A_SECOND };
        dialect.prepare((seconds * a_second) as usize + 1024);
        let name = dialect.name;
        for connections in bench.options.connections_or(&[64, 256]) {
            let trial = bench.trial(name, connections);
            let mut database = bench.postgres.fresh().await;
            let run = bench.measure_on(&mut database, Some(place), &trial).await;
            let size = (run.group_size.round() as usize).max(1);
            let groups = Groups::prepare(&bench.postgres, &mut database, size).await;
            let enough = bench.options.longest() / 2;
            let mut floors = Vec::new();
            for connections in [1, 2] {
                let floor = groups.write(&bench.postgres, &mut database, connections, enough).await;
                report::floor("  floor", &floor);
                floors.push(floor);
            }
            bench.postgres.remove(database).await;
            let best = floors.iter().max_by(|one, other| one.rate.total_cmp(&other.rate)).unwrap();
            let ratio = run.rate / best.rate;
            // If neither waits for the disk, other work on the machine does not change this ratio.
            let spent = |time: &[Duration]| time.iter().sum::<Duration>().as_secs_f64();
            let of_time = spent(&best.time) / spent(&run.time);
            report::remark(&format!("service / floor {ratio:.3}; by time on cores {of_time:.3}"));
            let figures = &mut bench.figures;
            figures.wal.push(run.wal);
            let ratios =
                if is_hash { &mut figures.over_floor_hash } else { &mut figures.over_floor_rsa };
            ratios.push(ratio);
        }
    }
}

/// Measures the mix with groups of one, and with the default.
pub(super) async fn naive(bench: &mut Bench) {
    bench.prepare_mix(1);
    report::section("The mix, with groups of one (naive) and with the default");
    for connections in bench.options.connections_or(&[64, 256]) {
        let naive = Trial { group_limit: Some(1), ..bench.trial("naive", connections) };
        let naive = bench.measure_mix(&naive).await;
        let service = bench.measure_mix(&bench.trial("service", connections)).await;
        let ratio = service.rate / naive.rate;
        report::remark(&format!("service / naive {ratio:.2}"));
        if connections >= 64 {
            bench.figures.over_naive.push(ratio);
        }
    }
}
