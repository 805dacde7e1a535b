//! The first steps of commands: load the configuration, start telemetry, start the service.

use std::path::Path;

use super::Failure;
use super::database::Database;
use crate::clock::Clock;
use crate::config::{Configuration, Environment, Sources, load};
use crate::service::Service;
use crate::telemetry;

/// Loads the configuration from `--config` or `REFUND_INBOX_CONFIG`, and from the environment.
pub(super) fn configuration(config: Option<&Path>) -> Result<Configuration, Failure> {
    Ok(load(&sources(config))?)
}

/// Returns the sources of the configuration.
pub(super) fn sources(config: Option<&Path>) -> Sources {
    let environment = Environment::of_this_process();
    let file = config.map(Path::to_owned).or_else(|| environment.config_file());
    Sources { file, environment }
}

/// Starts the receiver on an open database.
pub(super) fn start_service(
    configuration: Configuration,
    database: &Database,
) -> Result<Service, Failure> {
    let exporter = telemetry::install_metrics()
        .map_err(|error| Failure::Other(format!("metrics: {error}")))?;
    telemetry::configuration_in_force(Clock::System.now());
    Ok(Service::start(configuration, database.store.clone(), Clock::System, exporter)?)
}

/// Starts the log, which also has a line for each panic, and logs deprecated settings.
pub(super) fn start_telemetry(configuration: &Configuration) -> Result<(), Failure> {
    telemetry::install_logs(&configuration.log)
        .map_err(|error| Failure::Usage(format!("log.level: expected log directives: {error}")))?;
    telemetry::install_panic_hook();
    configuration.deprecated.iter().for_each(telemetry::deprecated_setting);
    Ok(())
}
