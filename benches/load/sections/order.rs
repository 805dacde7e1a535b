//! The order of the sections.

use std::process::ExitCode;

use private_postgres::Tuning;
use testing::core_time::cores;

use super::bench::Bench;
use super::{console, growth, idle, inserts, instances, latency, lone, ratios, sealed, service};
use crate::database::Postgres;
use crate::goals::Figures;
use crate::notifications::Dialect;
use crate::options::{Options, Section};

/// Runs the sections that the options want, and prints the figures.
pub(crate) async fn run(options: Options) -> ExitCode {
    let options = options.settled();
    let mut dialects = Dialect::all(options.numbers);
    dialects.retain(|dialect| options.wants_dialect(dialect.name));
    if dialects.is_empty() {
        let known: Vec<&str> =
            Dialect::all(options.numbers).iter().map(|dialect| dialect.name).collect();
        eprintln!("expected dialects of {}, found {:?}", known.join(", "), options.dialects);
        return ExitCode::from(2);
    }
    let tuning = if options.tuned { Tuning::SmallCommits } else { Tuning::Defaults };
    let postgres = Postgres::start(tuning).await;
    println!("{}; {} cores", postgres.description().await, cores());
    let mut bench = Bench { options, postgres, dialects, figures: Figures::default() };
    run_sections(&mut bench).await;
    let figures = bench.figures;
    drop(bench.postgres);
    figures.print();
    if figures.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run_sections(bench: &mut Bench) {
    if bench.options.wants(Section::Floor) {
        ratios::floor(bench).await;
    }
    if bench.options.wants(Section::Inserts) {
        inserts::inserts(bench).await;
    }
    if bench.options.wants(Section::Naive) {
        ratios::naive(bench).await;
    }
    if bench.options.wants(Section::Connections) {
        service::connections(bench).await;
    }
    if bench.options.wants(Section::Repeats) {
        service::repeats(bench).await;
    }
    if bench.options.wants(Section::Lone) {
        lone::lone(bench).await;
    }
    if bench.options.wants(Section::Start) {
        idle::start(bench).await;
    }
    if bench.options.wants(Section::Readiness) {
        idle::readiness(bench).await;
    }
    if bench.options.wants(Section::Latency) {
        latency::latency(bench).await;
    }
    if bench.options.wants(Section::Console) {
        console::console(bench).await;
    }
    if bench.options.wants(Section::Instances) {
        instances::instances(bench).await;
    }
    if bench.options.wants(Section::Sealed) {
        sealed::sealed(bench).await;
    }
    if bench.options.wants(Section::Growth) {
        growth::growth(bench).await;
    }
}
