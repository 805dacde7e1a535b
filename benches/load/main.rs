//! The whole under load: the release binary as a process, a durable Postgres, and a generator with
//! notifications signed beforehand, all on this machine. Prints what `docs/benchmarks.md` explains.
//!
//! `cargo bench --bench load -- --help`

#![allow(
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot be set up should end, and it measures"
)]

mod client;
mod database;
mod floor;
mod generator;
mod notifications;
mod options;
mod processes;
mod report;
mod run;
mod sections;
mod service;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = options::Options::parse();
    // One thread for the generator and everything else of ours: the other core is for those who
    // are measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sections::run(&options))
}
