//! Measures how long a person or a program waits for a look-up, with a million refunds and five
//! million deliveries stored: the commands as processes, and the API and the console over HTTP.
//! `docs/benchmarks.md` explains the output.
//!
//! `cargo bench --bench lookups -- --help`
//!
//! - `options`: the command line;
//! - `filled`: the database, filled once;
//! - `sample`: numbers of rows in the middle of the tables, to look up;
//! - `looks`: the look-ups, and how long each may take;
//! - `measure`: runs each several times, and prints the times.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot be set up should end"
)]

mod filled;
mod looks;
mod measure;
mod options;
mod sample;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = options::Options::parse();
    if !options.bench {
        println!("Nothing to test: `cargo bench --bench lookups` measures.");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure::all(&options))
}
