//! Checks the options, opens the database, runs the command, and closes the database.

use std::path::Path;

use super::find;
use super::list;
use super::replay;
use super::show::show;
use crate::command::Failure;
use crate::command::arguments::{
    DeliveriesCommand, DeliveriesListOptions, DeliveryOptions, ReplayOptions,
};
use crate::command::database::{Database, Sharing};
use crate::command::list::{ListRequest, print, require_account};
use crate::command::refunds::find_refunds;
use crate::command::setup::{configuration, start_telemetry};
use crate::command::terminal::times::Times;
use crate::store::{Condition, KeptFilter, Row, Store, StoreError};
use uuid::Uuid;

pub(in crate::command) async fn run(
    config: Option<&Path>,
    command: &DeliveriesCommand,
) -> Result<(), Failure> {
    let (asked, account) = match command {
        DeliveriesCommand::List(options) => {
            (Asked::List(Box::new(list::request(options)?), options), &options.account)
        }
        DeliveriesCommand::Show(options) => {
            find::prefix(&options.delivery_id)?;
            Times::of(&options.zone)?;
            (Asked::Show(options), &None)
        }
        DeliveriesCommand::Replay(options) => {
            (Asked::Replay(replay::filter(options)?, options), &options.account)
        }
    };
    let configuration = configuration(config)?;
    require_account(&configuration.accounts, account.as_deref())?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let outcome = match asked {
        Asked::List(request, options) => list(&database.store, *request, options).await,
        Asked::Show(options) => show(&database.store, options).await,
        Asked::Replay(filter, options) => {
            replay::run(configuration, &database.store, filter, options).await
        }
    };
    database.close().await?;
    outcome
}

/// A command whose options are valid.
enum Asked<'a> {
    List(Box<ListRequest>, &'a DeliveriesListOptions),
    Show(&'a DeliveryOptions),
    Replay(KeptFilter, &'a ReplayOptions),
}

async fn list(
    store: &Store,
    mut request: ListRequest,
    options: &DeliveriesListOptions,
) -> Result<(), Failure> {
    if let Some(reference) = &options.refund {
        let refunds = find_refunds(store, reference, options.account.as_deref()).await?;
        let id = |refund: &Row| refund.text("refund_id").parse();
        let ids: Result<Vec<Uuid>, _> = refunds.iter().map(id).collect();
        let ids = ids.map_err(|_| Failure::from(StoreError::without_an_id()))?;
        request.query.conditions.push(Condition::Refunds(ids));
    }
    print(store, request, &list::TABLE).await
}
