//! Checks the options, opens the database, runs the command, and closes the database.

use std::path::Path;

use super::dismiss::dismiss;
use super::find;
use super::list;
use super::note::note;
use super::replay;
use super::show::show;
use super::why::why;
use crate::command::Failure;
use crate::command::arguments::{
    DeliveriesCommand, DeliveriesFilter, DeliveriesListOptions, DeliveryOptions, DismissOptions,
    NoteOnDeliveryOptions, ReplayOptions, WhyOptions,
};
use crate::command::database::{Database, Sharing};
use crate::command::list::{
    ListRequest, deliveries as conditions, filter_of_deliveries as filter, print, require_account,
};
use crate::command::refunds::{find_refunds, require_note};
use crate::command::setup::{configuration, sources, start_telemetry};
use crate::command::terminal::times::Times;
use crate::command::user;
use crate::config::Configuration;
use crate::query::parameters;
use crate::store::{Action, Condition, Row, Store, StoreError};
use uuid::Uuid;

pub(in crate::command) async fn run(
    config: Option<&Path>,
    command: &DeliveriesCommand,
) -> Result<(), Failure> {
    let (asked, account) = match command {
        DeliveriesCommand::List(options) => {
            let request = Box::new(list::request(options)?);
            (Asked::List(request, options), &options.filter.account)
        }
        DeliveriesCommand::Show(options) => {
            find::prefix(&options.delivery_id)?;
            Times::of(&options.zone)?;
            (Asked::Show(options), &None)
        }
        DeliveriesCommand::Why(options) => {
            find::prefix(&options.delivery_id)?;
            Times::of(&options.zone)?;
            (Asked::Why(options), &None)
        }
        DeliveriesCommand::Note(options) => {
            require_note(&options.note)?;
            find::prefix(&options.delivery_id)?;
            (Asked::Note(options), &None)
        }
        DeliveriesCommand::Dismiss(options) => {
            require_note(&options.note)?;
            let conditions = conditions(&options.filter, &Times::of(&options.zone)?)?;
            options.delivery_ids.iter().try_for_each(|text| find::prefix(text).map(drop))?;
            let is_filtered = !conditions.is_empty() || options.filter.refund.is_some();
            if options.delivery_ids.is_empty() && !is_filtered {
                let message = "expected ids, or a filter such as --account: found neither";
                return Err(Failure::Usage(message.to_owned()));
            }
            if !options.delivery_ids.is_empty() && is_filtered {
                let message = "expected ids or a filter, found both";
                return Err(Failure::Usage(message.to_owned()));
            }
            (Asked::Dismiss(conditions, options), &options.filter.account)
        }
        DeliveriesCommand::Replay(options) => {
            (Asked::Replay(replay::conditions(options)?, options), &options.filter.account)
        }
    };
    let configuration = configuration(config)?;
    require_account(&configuration.accounts, account.as_deref())?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let outcome = match asked {
        Asked::List(request, options) => list(&database.store, *request, options).await,
        Asked::Show(options) => show(&database.store, options).await,
        Asked::Why(options) => {
            why(&database.store, &configuration, &sources(config), options).await
        }
        Asked::Note(options) => note(&database.store, options).await,
        Asked::Dismiss(mut conditions, options) => {
            match of_refund(&database.store, &options.filter).await {
                Ok(condition) => {
                    conditions.extend(condition);
                    dismiss(&database.store, conditions, options).await
                }
                Err(failure) => Err(failure),
            }
        }
        Asked::Replay(mut conditions, options) => {
            match of_refund(&database.store, &options.filter).await {
                Ok(condition) => {
                    conditions.extend(condition);
                    replay(configuration, &database.store, &conditions, options).await
                }
                Err(failure) => Err(failure),
            }
        }
    };
    database.close().await?;
    outcome
}

/// A command whose options are valid.
enum Asked<'a> {
    List(Box<ListRequest>, &'a DeliveriesListOptions),
    Show(&'a DeliveryOptions),
    Why(&'a WhyOptions),
    Replay(Vec<Condition>, &'a ReplayOptions),
    Note(&'a NoteOnDeliveryOptions),
    Dismiss(Vec<Condition>, &'a DismissOptions),
}

async fn list(
    store: &Store,
    mut request: ListRequest,
    options: &DeliveriesListOptions,
) -> Result<(), Failure> {
    request.query.conditions.extend(of_refund(store, &options.filter).await?);
    print(store, request, &list::TABLE).await
}

/// Returns the condition that deliveries are of the refund in the filter, if there is one.
async fn of_refund(store: &Store, filter: &DeliveriesFilter) -> Result<Option<Condition>, Failure> {
    let Some(reference) = &filter.refund else { return Ok(None) };
    let refunds = find_refunds(store, reference, filter.account.as_deref()).await?;
    let id = |refund: &Row| refund.text("refund_id").parse();
    let ids: Result<Vec<Uuid>, _> = refunds.iter().map(id).collect();
    Ok(Some(Condition::Refunds(ids.map_err(|_| StoreError::without_an_id())?)))
}

/// Replays, and notes who did.
async fn replay(
    configuration: Configuration,
    store: &Store,
    conditions: &[Condition],
    options: &ReplayOptions,
) -> Result<(), Failure> {
    let outcome = replay::run(configuration, store, conditions, options).await;
    let audited = match options.dry_run {
        true => Ok(()),
        false => audit_replay(store, options).await,
    };
    outcome.and(audited)
}

/// Notes who replayed.
async fn audit_replay(store: &Store, options: &ReplayOptions) -> Result<(), Failure> {
    let subject = match options.delivery_ids.as_slice() {
        [] => "deliveries that matched a filter".to_owned(),
        ids => format!("deliveries {}", ids.join(" ")),
    };
    let detail = parameters(&filter(&options.filter));
    user::note(store, Action::Replay, &subject, &detail).await
}
