//! Measures the whole service under load: the release binary as a process, a durable Postgres, and
//! a generator with notifications signed beforehand, all on this machine. `docs/benchmarks.md`
//! explains the output.
//!
//! `cargo bench --bench load -- --help`
//!
//! - `sections/`: the parts of the benchmark, in order; `options`: the command line;
//! - `run`: one measurement, from the plan of requests to the check of what was stored;
//! - `notifications`, `plan`, `generator`: the providers' side;
//! - `people`: who looks at the console meanwhile;
//! - `database`, `service`: what is measured;
//! - `floor`, `bare`, `rows`: the same rows without the service;
//! - `goals`, `report`: the goals, and the output.

#![allow(
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a benchmark that cannot be set up should end, and it measures"
)]

mod bare;
mod database;
mod floor;
mod generator;
mod goals;
mod notifications;
mod options;
mod people;
mod plan;
mod report;
mod rows;
mod run;
mod sections;
mod service;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = options::Options::parse();
    if !options.bench {
        println!("Nothing to test: `cargo bench --bench load` measures.");
        return ExitCode::SUCCESS;
    }
    // The generator and the rest of this program use one thread. The other cores are for the
    // measured processes.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sections::run(options))
}
