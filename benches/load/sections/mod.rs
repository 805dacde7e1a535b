//! The parts of the benchmark, in the order in which they run.

mod growth;
mod instances;
mod latency;
mod lone;
mod ratios;
mod service;

use std::process::ExitCode;

use testing::core_time::cores;

use crate::database::{Database, Postgres};
use crate::goals::Figures;
use crate::notifications::Dialect;
use crate::options::{Options, Section};
use crate::report;
use crate::run::{Measured, Trial, measure};

/// What the sections share, and the figures so far.
struct Bench {
    options: Options,
    postgres: Postgres,
    dialects: Vec<Dialect>,
    figures: Figures,
}

/// The highest rate that runs of the mix are expected to reach, in requests a second.
const MIX_A_SECOND: f64 = 16_000.0;

pub(crate) async fn run(options: Options) -> ExitCode {
    let options = options.settled();
    let mut dialects = Dialect::all();
    dialects.retain(|dialect| options.wants_dialect(dialect.name));
    if dialects.is_empty() {
        let known: Vec<&str> = Dialect::all().iter().map(|dialect| dialect.name).collect();
        eprintln!("expected dialects of {}, found {:?}", known.join(", "), options.dialects);
        return ExitCode::from(2);
    }
    let postgres = Postgres::start().await;
    println!("{}; {} cores", postgres.description().await, cores());
    let mut bench = Bench { options, postgres, dialects, figures: Figures::default() };
    bench.run().await;
    let figures = bench.figures;
    drop(bench.postgres);
    figures.print();
    if figures.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Bench {
    async fn run(&mut self) {
        if self.options.wants(Section::Floor) {
            ratios::floor(self).await;
        }
        if self.options.wants(Section::Naive) {
            ratios::naive(self).await;
        }
        if self.options.wants(Section::Connections) {
            service::connections(self).await;
        }
        if self.options.wants(Section::Repeats) {
            service::repeats(self).await;
        }
        if self.options.wants(Section::Lone) {
            lone::lone(self).await;
        }
        if self.options.wants(Section::Latency) {
            latency::latency(self).await;
        }
        if self.options.wants(Section::Instances) {
            instances::instances(self).await;
        }
        if self.options.wants(Section::Growth) {
            growth::growth(self).await;
        }
    }

    /// Makes notifications of every dialect, enough for this number of runs of the mix.
    fn prepare_mix(&mut self, runs: usize) {
        let count = self.share_of_a_run() * runs;
        for dialect in &mut self.dialects {
            dialect.prepare(count);
        }
    }

    /// Returns how many notifications of each dialect one run of the mix may use.
    fn share_of_a_run(&self) -> usize {
        (self.options.seconds * MIX_A_SECOND / self.dialects.len() as f64) as usize + 200
    }

    /// Returns a trial of the usual length.
    fn trial(&self, name: impl Into<String>, connections: usize) -> Trial {
        Trial::new(name, connections, self.options.longest())
    }

    /// Measures the mix on a fresh database, and removes it.
    async fn measure_mix(&mut self, trial: &Trial) -> Measured {
        let mut database = self.postgres.fresh().await;
        let run = self.measure_on(&mut database, None, trial).await;
        self.postgres.remove(database).await;
        run
    }

    /// Measures one dialect, or the mix, on `database`. Prints and notes the result.
    async fn measure_on(
        &mut self,
        database: &mut Database,
        alone: Option<usize>,
        trial: &Trial,
    ) -> Measured {
        let dialects: Vec<&Dialect> = match alone {
            Some(place) => vec![&self.dialects[place]],
            None => self.dialects.iter().collect(),
        };
        let run = measure(&self.postgres, database, &dialects, trial).await;
        report::measured(&run);
        self.figures.note(&run);
        run
    }
}
