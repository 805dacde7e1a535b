//! Failures of commands, with their messages and exit statuses.

use std::io::{self, Write};
use std::process::ExitCode;

use super::terminal::printable::printable;
use crate::config::ConfigurationError;
use crate::lookup::NotFound;
use crate::query::Mistake;
use crate::store::{ListError, StoreError};
use refund_providers::contract::simulation::SimulationError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The configuration has mistakes: exit status 2.
    #[error("{0}")]
    Configuration(#[from] ConfigurationError),
    /// The command line has a mistake: exit status 2.
    #[error("{0}")]
    Usage(String),
    /// The private Postgres did not start or stop.
    #[error("private Postgres: {error}{setting}", error = .0, setting = setting(.0))]
    Embedded(#[from] private_postgres::Error),
    /// The database returned an error.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// A notification could not be simulated.
    #[error("{0}")]
    Simulation(#[from] SimulationError),
    /// The operating system returned an error.
    #[error("{0}")]
    System(#[from] io::Error),
    /// Any other failure, with its message.
    #[error("{0}")]
    Other(String),
    /// Something waits for a person, as the output says: exit status 3.
    #[error("something waits")]
    SomethingWaits,
    /// The reader of standard output has closed it. The command ends quietly with exit status 0.
    #[error("standard output is closed")]
    OutputClosed,
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Usage(format!("{}: {}", mistake.option(), mistake.message))
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        match error {
            ListError::TooManyToSort(error) => Mistake::from(error).into(),
            ListError::Store(error) => error.into(),
        }
    }
}

impl From<NotFound> for Failure {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::NoRefund(_) | NotFound::NoDelivery(_) => Self::Other(error.to_string()),
            NotFound::NoId(_)
            | NotFound::SeveralRefunds { .. }
            | NotFound::SeveralDeliveries { .. } => Self::Usage(error.to_string()),
            NotFound::Store(error) => Self::Store(error),
        }
    }
}

/// Returns which settings help against an error of the private Postgres, to follow its message.
fn setting(error: &private_postgres::Error) -> &'static str {
    use private_postgres::Error;
    match error {
        Error::NoPrograms { .. } => {
            " (the setting is [embedded].programs or REFUND_INBOX__EMBEDDED__PROGRAMS); or set \
             [database].url to use a server of your own"
        }
        Error::ProgramsUnusable { .. } => " (the setting is [embedded].programs)",
        Error::LineBreak { .. }
        | Error::InUse { .. }
        | Error::NotOurs { .. }
        | Error::NoSocketDirectory { .. } => " (the setting is [embedded].directory)",
        Error::Name { .. }
        | Error::OtherVersion { .. }
        | Error::PreviousServer { .. }
        | Error::ForeignServer { .. }
        | Error::NoAccount
        | Error::CannotEnter { .. }
        | Error::Initialise { .. }
        | Error::EndedByItself { .. }
        | Error::NotReady { .. }
        | Error::DoesNotStop { .. }
        | Error::System { .. } => "",
    }
}

impl Failure {
    /// Writes the message to standard error, each line with the program's name in front.
    pub(super) fn report(&self) {
        if matches!(self, Self::OutputClosed | Self::SomethingWaits) {
            return;
        }
        let mut stderr = io::stderr().lock();
        for line in self.to_string().lines() {
            // If standard error is closed, there is no other place to report it.
            let _ = writeln!(stderr, "refund-inbox: {}", printable(line));
        }
    }

    /// Returns 2 for a mistake in usage or configuration, and 1 for every other failure.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) | Self::Usage(_) => ExitCode::from(2),
            Self::Simulation(
                SimulationError::NoSuchScenario { .. }
                | SimulationError::NotCarried { .. }
                | SimulationError::UnknownCurrency { .. }
                | SimulationError::OtherCurrency { .. }
                | SimulationError::Amount { .. }
                | SimulationError::NeedsSigningKey
                | SimulationError::NeedsCertificate,
            ) => ExitCode::from(2),
            Self::Embedded(_)
            | Self::Store(_)
            | Self::Simulation(SimulationError::Signing(_))
            | Self::System(_)
            | Self::Other(_) => ExitCode::FAILURE,
            Self::SomethingWaits => ExitCode::from(3),
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}
