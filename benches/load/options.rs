//! The command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the receiver under load on this machine, and compares it with what its Postgres alone
/// can do. Without options it measures everything. That takes about a quarter of an hour, and 15 GB
/// of disk while five million refunds are stored. docs/benchmarks.md explains the rows.
#[derive(Clone, Debug, Parser)]
#[command(name = "load")]
pub(crate) struct Options {
    /// Measure only these sections.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Section>,
    /// Measure only these dialects, alone and in the mix: eftpay, "wechatpay v3", …
    #[arg(long, value_delimiter = ',')]
    pub(crate) dialects: Vec<String>,
    /// Numbers of connections for the sections `floor`, `naive` and `connections`, instead of their
    /// own.
    #[arg(long, value_delimiter = ',')]
    pub(crate) connections: Vec<usize>,
    /// Numbers of refunds that are stored already in the section `growth`, in millions.
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 1.0, 5.0])]
    pub(crate) stored: Vec<f64>,
    /// The numbers of refunds: in sequence, as a merchant's numbers are, or in no order.
    #[arg(long, value_enum, default_value_t = Numbers::Sequential)]
    pub(crate) numbers: Numbers,
    /// Run the server with the settings of the service's private Postgres, not with its defaults.
    #[arg(long)]
    pub(crate) tuned: bool,
    /// The longest time of one run, in seconds. A run ends sooner if its notifications are used up.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// Measure everything in about a minute: a smoke test whose figures mean little.
    #[arg(long)]
    pub(crate) quick: bool,
    /// The flag that `cargo bench` passes and `cargo test --all-targets` does not.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

/// A part of the benchmark that can run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Each dialect alone, and the floor: the same rows without the service.
    Floor,
    /// Each of 64 clients inserts one row at a time, against as many connections to the service.
    Inserts,
    /// The service with groups of one, and as it is.
    Naive,
    /// From one connection to 1,024.
    Connections,
    /// Deliveries of which 30 % and 90 % repeat earlier ones.
    Repeats,
    /// One connection, against a bare insert.
    Lone,
    /// From the start of the process to a ready service.
    Start,
    /// What it costs to ask for readiness ten times a second.
    Readiness,
    /// Half of the maximum rate by a clock, and the maximum rate.
    Latency,
    /// Half of the maximum rate, without and with the console in use.
    Console,
    /// Two and four instances on one database.
    Instances,
    /// Without and with encryption at rest, in turn.
    Sealed,
    /// With refunds stored already.
    Growth,
}

/// The numbers of refunds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Numbers {
    /// Each number follows the one before.
    Sequential,
    /// They are in no order.
    Random,
}

impl Options {
    /// Returns the options, with smaller figures if only a smoke test is wanted.
    pub(crate) fn settled(mut self) -> Self {
        if self.quick {
            self.seconds = self.seconds.min(0.3);
            self.stored = vec![0.0, 0.01];
        }
        self
    }

    /// Returns whether this section is wanted.
    pub(crate) fn wants(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    /// Returns whether this dialect is wanted.
    pub(crate) fn wants_dialect(&self, name: &str) -> bool {
        self.dialects.is_empty() || self.dialects.iter().any(|wanted| wanted == name)
    }

    /// Returns the numbers of connections from the command line, or these.
    pub(crate) fn connections_or(&self, usual: &[usize]) -> Vec<usize> {
        if self.connections.is_empty() { usual.to_vec() } else { self.connections.clone() }
    }

    /// Returns the longest time of one run.
    pub(crate) fn longest(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}
