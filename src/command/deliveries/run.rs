//! Checks the options, opens the database, runs the command, and closes the database.

use std::path::Path;

use super::list::{filter, list};
use super::replay;
use super::show::show;
use crate::command::Failure;
use crate::command::arguments::{DeliveriesCommand, DeliveryOptions, ReplayOptions};
use crate::command::database::{Database, Sharing};
use crate::command::setup::{configuration, start_telemetry};
use crate::store::{DeliveryFilter, KeptFilter};

pub(in crate::command) async fn run(
    config: Option<&Path>,
    command: &DeliveriesCommand,
) -> Result<(), Failure> {
    let asked = match command {
        DeliveriesCommand::List(options) => Asked::List(filter(options)?, options.json),
        DeliveriesCommand::Show(options) => Asked::Show(options),
        DeliveriesCommand::Replay(options) => Asked::Replay(replay::filter(options)?, options),
    };
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::Shared).await?;
    let outcome = match asked {
        Asked::List(filter, as_json) => list(&database.store, &filter, as_json).await,
        Asked::Show(options) => show(&database.store, options).await,
        Asked::Replay(filter, options) => {
            replay::run(configuration, &database.store, &filter, options).await
        }
    };
    database.close().await?;
    outcome
}

/// A command whose options are valid.
enum Asked<'a> {
    List(DeliveryFilter, bool),
    Show(&'a DeliveryOptions),
    Replay(KeptFilter, &'a ReplayOptions),
}
