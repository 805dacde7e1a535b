//! `serve`: run the receiver until SIGTERM or SIGINT; at SIGHUP it reloads its accounts.

use std::path::Path;

use tracing::{info, warn};

use super::Failure;
use super::arguments::ServeOptions;
use super::database::{Database, Sharing};
use super::migrate::migrate;
use super::signals::{Hangup, Termination};
use crate::clock::Clock;
use crate::config::{Configuration, Environment, Loaded, Sources, load, load_with_files};
use crate::reload::Reload;
use crate::service::Service;
use crate::telemetry;

/// The configuration that `--config`, `REFUND_INBOX_CONFIG` and the environment make.
pub(super) fn configuration(config: Option<&Path>) -> Result<Configuration, Failure> {
    Ok(load(&sources(config))?)
}

fn sources(config: Option<&Path>) -> Sources {
    let environment = Environment::of_this_process();
    let file = config.map(Path::to_owned).or_else(|| environment.config_file());
    Sources { file, environment }
}

pub(super) async fn run(config: Option<&Path>, options: &ServeOptions) -> Result<(), Failure> {
    // First of all: from here on SIGHUP does not end the process.
    let mut hangup = Hangup::listen()?;
    let sources = sources(config);
    let Loaded { configuration, files } = load_with_files(&sources);
    let configuration = configuration?;
    let reload = Reload::new(sources, files, &configuration);
    begin_telemetry(&configuration)?;
    if configuration.accounts.is_empty() {
        telemetry::no_accounts();
    }
    let mut termination = Termination::listen()?;
    let database = Database::open(&configuration, Sharing::Exclusive).await?;
    let outcome =
        serve(configuration, &database, options, &mut termination, reload, &mut hangup).await;
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
    termination: &mut Termination,
    reload: Reload,
    hangup: &mut Hangup,
) -> Result<(), Failure> {
    let prepare = async {
        database.wait_for_writes(&configuration.database).await?;
        if options.no_migrate { Ok(()) } else { migrate(&database.store).await }
    };
    tokio::select! {
        prepared = prepare => prepared?,
        signal = termination.next() => {
            info!(signal, "stopping before serving began");
            return Ok(());
        }
    }
    let accounts = configuration.accounts.len();
    let mut service = begin(configuration, database)?;
    let reload = reload.run(service.accounts(), Clock::System, async || hangup.next().await);
    info!(public = %service.public, operator = %service.operator, accounts, "serving");
    let server_ended = tokio::select! {
        signal = termination.next() => {
            info!(signal, "stopping");
            None
        }
        () = service.ended() => None,
        never = reload => match never {},
        why = database.server_ended() => Some(why),
    };
    tokio::select! {
        stopped = service.stop() => stopped?,
        signal = termination.next() => warn!(signal, "a second signal: not waiting any longer"),
    }
    server_ended.map_or(Ok(()), |why| Err(Failure::Other(why)))
}

/// Starts the receiver on an open database.
pub(super) fn begin(configuration: Configuration, database: &Database) -> Result<Service, Failure> {
    let exporter = telemetry::install_metrics()
        .map_err(|error| Failure::Other(format!("metrics: {error}")))?;
    telemetry::configuration_in_force(Clock::System.now());
    Ok(Service::start(configuration, database.store.clone(), Clock::System, exporter)?)
}

/// Begins to log, and makes a panic a log line without its message.
pub(super) fn begin_telemetry(configuration: &Configuration) -> Result<(), Failure> {
    telemetry::install_logs(&configuration.log)
        .map_err(|error| Failure::Usage(format!("log.level: expected log directives: {error}")))?;
    telemetry::install_panic_hook();
    Ok(())
}
