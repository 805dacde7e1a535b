//! The command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures the receiver under load on this machine, beside what its Postgres can do at all.
#[derive(Debug, Parser)]
#[command(name = "load")]
pub(crate) struct Options {
    /// Only these sections; each measures the floor or the maximum that it is compared with.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Section>,
    /// The longest that one run may take; it ends sooner when its notifications are used up.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// Dialects of the sections `floor`, `naive` and `service`, by the names that `demo` shows
    /// (`eftpay`, `wechatpay v3`, …).
    #[arg(long, value_delimiter = ',')]
    pub(crate) dialects: Vec<String>,
    /// Connections in place of those that a section has by itself.
    #[arg(long, value_delimiter = ',')]
    pub(crate) connections: Vec<usize>,
    /// Everything, but briefly: a smoke test, whose figures mean little.
    #[arg(long)]
    pub(crate) quick: bool,
    /// What `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Service, naive service and floor, and their ratios.
    Ratios,
}

impl Options {
    /// Whether this section is wanted.
    pub(crate) fn wants(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    /// The longest that one run may take.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(if self.quick { self.seconds.min(0.5) } else { self.seconds })
    }
}
