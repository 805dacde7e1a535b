//! Compares the measurements with the goals.

use std::time::Duration;

use crate::report::milliseconds;
use crate::run::Measured;

/// The figures that have a goal, if they were measured.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Service / naive service, for each number of connections from 64 on.
    pub(crate) over_naive: Vec<f64>,
    /// Service / floor, of each dialect that is signed with a shared secret.
    pub(crate) over_floor_hash: Vec<f64>,
    /// Service / floor, of each dialect that is signed with RSA.
    pub(crate) over_floor_rsa: Vec<f64>,
    /// Service / bare inserts of one row by as many clients: hash-signed, RSA-signed.
    pub(crate) over_inserts_hash: Option<f64>,
    pub(crate) over_inserts_rsa: Option<f64>,
    /// The most bytes of WAL for a delivery, of each dialect alone.
    pub(crate) wal: Vec<f64>,
    /// The share of a core that readiness costs, in per cent.
    pub(crate) readiness: Option<f64>,
    /// Seconds from the start to a ready service.
    pub(crate) start: Option<f64>,
    /// Median of a lone request / of a bare insert of the same row.
    pub(crate) lone: Option<f64>,
    /// At half of the maximum rate, over 256 connections.
    pub(crate) half: Option<Measured>,
    /// At the maximum rate, over 1,024 connections.
    pub(crate) full: Option<Measured>,
    /// At half of the maximum rate: the median p99 with the console in use / the second worst of those
    /// without it.
    pub(crate) console: Option<f64>,
    /// Throughput with the most refunds stored / with none, and how many millions that was.
    pub(crate) growth: Option<(f64, f64)>,
    /// Over all runs.
    pub(crate) lost: i64,
    pub(crate) twice: i64,
    /// The largest share of the machine that other programs took during a run.
    others: f64,
}

/// The figures are unreliable if other programs take more than this share of the machine.
const QUIET: f64 = 0.05;

/// How a figure is judged.
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Figures {
    /// Adds the losses and the disturbance of a run.
    pub(crate) fn note(&mut self, run: &Measured) {
        self.lost += run.kept.lost;
        self.twice += run.kept.twice;
        self.others = self.others.max(run.others);
    }

    /// Returns whether every acknowledged delivery is stored exactly once.
    pub(crate) fn is_sound(&self) -> bool {
        self.lost == 0 && self.twice == 0
    }

    /// Prints every goal with its measurement.
    pub(crate) fn print(&self) {
        use Limit::{AtLeast, AtMost};
        let least = |values: &[f64]| values.iter().copied().reduce(f64::min);
        let p99 = |run: &Option<Measured>| run.as_ref().map(|run| as_milliseconds(run.latency[1]));
        let refused = self.full.as_ref().map(|run| run.not_success as f64);
        let memory = self.full.as_ref().map(|run| run.peak_memory_kib as f64 / 1024.0);
        let five_million = self.growth.filter(|(stored, _)| *stored >= 5.0).map(|(_, ratio)| ratio);
        println!("\n{:<58} {:>8} {:>9}", "goal", "wanted", "measured");
        goal("service / naive, 64 or more connections", AtLeast(5.0), least(&self.over_naive));
        goal("service / floor, hash-signed", AtLeast(0.5), least(&self.over_floor_hash));
        goal("service / floor, RSA-signed", AtLeast(0.4), least(&self.over_floor_rsa));
        goal("eftpay / bare inserts, 64 clients", AtLeast(1.2), self.over_inserts_hash);
        goal("wechatpay v3 / bare inserts, 64 clients", AtLeast(1.0), self.over_inserts_rsa);
        let wal = self.wal.iter().copied().reduce(f64::max).map(|bytes| bytes / 1000.0);
        goal("lone request / bare insert of the same row, medians", AtMost(2.0), self.lone);
        goal("p99 at half of the maximum rate, 256 connections, ms", AtMost(25.0), p99(&self.half));
        goal("p99 at the maximum rate, 1024 connections, ms", AtMost(500.0), p99(&self.full));
        goal("  not success", AtMost(0.0), refused);
        goal(
            "p99 with the console in use / the second worst without it",
            AtMost(1.0),
            self.console,
        );
        goal("rate with 5 million refunds stored / with none", AtLeast(0.85), five_million);
        goal("WAL of a delivery, the largest dialect, kB", AtMost(1.8), wal);
        goal("readiness asked ten times a second, % of a core", AtMost(1.0), self.readiness);
        goal("start to ready, existing database, s", AtMost(0.12), self.start);
        goal("peak memory, 1024 connections, MiB", AtMost(96.0), memory);
        goal("acknowledged − stored, over all runs", AtMost(0.0), Some(self.lost as f64));
        goal("stored twice, over all runs", AtMost(0.0), Some(self.twice as f64));
        if self.others > QUIET {
            println!(
                "\nThe machine was not quiet: others took up to {:.0} % of it. Rates and latencies are \
                 worse than they would be alone.",
                self.others * 100.0
            );
        }
    }
}

fn goal(name: &str, limit: Limit, measured: Option<f64>) {
    let (sign, wanted) = match limit {
        Limit::AtLeast(wanted) => ("≥", wanted),
        Limit::AtMost(wanted) => ("≤", wanted),
    };
    let wanted_text = format!("{sign} {wanted}");
    let Some(measured) = measured else {
        println!("{name:<58} {wanted_text:>8} {:>9}  not measured", "–");
        return;
    };
    let is_met = match limit {
        Limit::AtLeast(wanted) => measured >= wanted,
        Limit::AtMost(wanted) => measured <= wanted,
    };
    let judged = match is_met {
        true => "met".to_owned(),
        false if wanted == 0.0 => "missed".to_owned(),
        false => format!("missed by {:.0} %", ((measured - wanted) / wanted).abs() * 100.0),
    };
    println!("{name:<58} {wanted_text:>8} {measured:>9.2}  {judged}");
}

fn as_milliseconds(time: Duration) -> f64 {
    milliseconds(time).parse().unwrap()
}
