//! `serve`: run the receiver until SIGTERM or SIGINT.

use std::path::Path;

use tracing::info;

use super::arguments::ServeOptions;
use super::database::{Database, Sharing};
use super::migrate::migrate;
use super::{Failure, signals};
use crate::clock::Clock;
use crate::config::{Configuration, Environment, Sources, load};
use crate::service::Service;
use crate::telemetry;

/// The configuration that `--config`, `REFUND_INBOX_CONFIG` and the environment make.
pub(super) fn configuration(config: Option<&Path>) -> Result<Configuration, Failure> {
    let environment = Environment::of_this_process();
    let file = config.map(Path::to_owned).or_else(|| environment.config_file());
    Ok(load(&Sources { file, environment })?)
}

pub(super) async fn run(config: Option<&Path>, options: &ServeOptions) -> Result<(), Failure> {
    let configuration = configuration(config)?;
    begin_telemetry(&configuration)?;
    if configuration.accounts.is_empty() {
        tracing::warn!("no accounts are configured: every notification will be answered 404");
    }
    let termination = signals::termination()?;
    let database = Database::open(&configuration, Sharing::Exclusive).await?;
    let outcome = serve(configuration, &database, options, termination).await;
    let closed = database.close().await;
    outcome?;
    closed?;
    info!("stopped");
    Ok(())
}

async fn serve(
    configuration: Configuration,
    database: &Database,
    options: &ServeOptions,
    termination: impl Future<Output = &'static str>,
) -> Result<(), Failure> {
    database.wait(&configuration.database).await?;
    if !options.no_migrate {
        migrate(&database.store).await?;
    }
    let accounts = configuration.accounts.len();
    let service = begin(configuration, database)?;
    info!(public = %service.public, operator = %service.operator, accounts, "serving");
    let signal = termination.await;
    info!(signal, "stopping");
    Ok(service.stop().await?)
}

/// Starts the receiver on an open database.
pub(super) fn begin(configuration: Configuration, database: &Database) -> Result<Service, Failure> {
    let exporter = telemetry::install_metrics()
        .map_err(|error| Failure::Other(format!("metrics: {error}")))?;
    Ok(Service::start(configuration, database.store.clone(), Clock::System, exporter)?)
}

/// Begins to log, and makes a panic a log line without its message.
pub(super) fn begin_telemetry(configuration: &Configuration) -> Result<(), Failure> {
    telemetry::install_logs(&configuration.log)
        .map_err(|error| Failure::Usage(format!("log.level: expected log directives: {error}")))?;
    telemetry::install_panic_hook();
    Ok(())
}
