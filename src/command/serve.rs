//! `serve`: runs the receiver until SIGTERM or SIGINT, and reloads its accounts at SIGHUP.

use std::path::Path;

use tracing::{info, warn};

use super::arguments::ServeOptions;
use super::database::{Database, Sharing};
use super::migrate::migrate;
use super::setup::{sources, start_service, start_telemetry};
use super::signals::{Hangup, Termination};
use super::{Failure, data_keys};
use crate::clock::Clock;
use crate::config::{Configuration, Loaded, load_with_files};
use crate::service::reload::Reload;
use crate::telemetry;

pub(super) async fn run(config: Option<&Path>, options: &ServeOptions) -> Result<(), Failure> {
    // Comes first: from here on, SIGHUP does not end the process.
    let mut hangup = Hangup::listen()?;
    let sources = sources(config);
    let Loaded { configuration, files } = load_with_files(&sources);
    let configuration = configuration?;
    let reload = Reload::new(sources, files, &configuration);
    start_telemetry(&configuration)?;
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
        if !options.no_migrate {
            migrate(&database.store).await?;
        }
        let again = data_keys::prepare(&database.store).await?;
        if again > 0 {
            telemetry::data_keys_rewrapped(again);
        }
        Ok::<(), Failure>(())
    };
    tokio::select! {
        prepared = prepare => prepared?,
        signal = termination.next() => {
            info!(signal, "stopping before serving began");
            return Ok(());
        }
    }
    telemetry::deprecated_metrics();
    let accounts = configuration.accounts.len();
    let mut service = start_service(configuration, database)?;
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
        signal = termination.next() => warn!(signal, "received a second signal: stopping without waiting"),
    }
    server_ended.map_or(Ok(()), |why| Err(Failure::Other(why)))
}
