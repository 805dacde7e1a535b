//! Why a command did not do what it was asked, and with which exit status it ends.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::config::ConfigurationError;

use crate::store::StoreError;
use refund_providers::contract::simulation::SimulationError;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The configuration is wrong: exit 2.
    #[error("{0}")]
    Configuration(#[from] ConfigurationError),
    /// The command line asks for something that does not exist: exit 2.
    #[error("{0}")]
    Usage(String),
    /// The embedded Postgres did not start or stop.
    #[error("embedded Postgres: {0}")]
    Embedded(#[from] private_postgres::Error),
    /// The database did not do its part.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// A notification could not be made.
    #[error("{0}")]
    Simulation(#[from] SimulationError),
    /// The system did not do its part.
    #[error("{0}")]
    System(#[from] io::Error),
    /// Anything else, in its own words.
    #[error("{0}")]
    Other(String),
    /// Whoever read our output has gone: nothing to say, and nobody to say it to.
    #[error("standard output is closed")]
    OutputClosed,
}

impl Failure {
    /// Says on standard error what went wrong, each line marked as ours.
    pub(super) fn report(&self) {
        if matches!(self, Self::OutputClosed) {
            return;
        }
        let mut stderr = io::stderr().lock();
        for line in self.to_string().lines() {
            // Nowhere is left to report that standard error is closed.
            let _ = writeln!(stderr, "refund-inbox: {line}");
        }
    }

    /// 2 for wrong usage or configuration, 1 for everything else.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) | Self::Usage(_) => ExitCode::from(2),
            Self::Simulation(
                SimulationError::NoSuchScenario { .. } | SimulationError::NeedsSigningKey,
            ) => ExitCode::from(2),
            Self::Embedded(_)
            | Self::Store(_)
            | Self::Simulation(SimulationError::Signing(_))
            | Self::System(_)
            | Self::Other(_) => ExitCode::FAILURE,
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}
