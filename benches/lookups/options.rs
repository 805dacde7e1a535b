//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measures how long look-ups take. Fills a database first, which takes some minutes and 4 GB of
/// disk for a million refunds. docs/benchmarks.md explains the output.
#[derive(Clone, Debug, Parser)]
#[command(name = "lookups")]
pub(crate) struct Options {
    /// How many refunds are stored, with five times as many deliveries.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) refunds: u32,
    /// How often each look-up is measured.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Measure only look-ups whose name contains one of these words.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Keep the filled database in this directory, and use it if it is there.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) keep: Option<PathBuf>,
    /// The flag that `cargo bench` passes and `cargo test --all-targets` does not.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

impl Options {
    /// Returns whether the look-up of this name is measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| name.contains(word))
    }
}
