//! Checks the options, opens the database, runs the command, and closes the database.

use std::path::Path;

use super::erase::erase;
use super::evidence;
use super::explain::explain;
use super::list;
use super::note::note;
use super::resolve::resolve;
use super::show::show;
use crate::command::Failure;
use crate::command::arguments::{
    EraseOptions, NoteOnRefundOptions, RefundOptions, RefundsCommand, ResolveOptions, ShowOptions,
};
use crate::command::database::{Database, Sharing};
use crate::command::list::{ListRequest, print, require_account};
use crate::command::setup::{configuration, start_telemetry};
use crate::command::terminal::times::Times;
use crate::lookup;
use crate::query::require_note;
use crate::store::{Row, Store};

pub(in crate::command) async fn run(
    config: Option<&Path>,
    command: &RefundsCommand,
) -> Result<(), Failure> {
    let (asked, account) = match command {
        RefundsCommand::List(options) => {
            (Asked::List(Box::new(list::request(options)?)), &options.account)
        }
        RefundsCommand::Show(options) => {
            Times::of(&options.refund.zone)?;
            (Asked::Show(options), &options.refund.account)
        }
        RefundsCommand::Explain(options) => {
            Times::of(&options.zone)?;
            (Asked::Explain(options), &options.account)
        }
        RefundsCommand::Note(options) => {
            require_note(&options.note)?;
            (Asked::Note(options), &options.account)
        }
        RefundsCommand::Resolve(options) => {
            require_note(&options.note)?;
            (Asked::Resolve(options), &options.account)
        }
        RefundsCommand::Erase(options) => {
            if require_note(&options.reason).is_err() {
                let message = "--reason: expected a text that says why".to_owned();
                return Err(Failure::Usage(message));
            }
            (Asked::Erase(options), &options.account)
        }
    };
    let configuration = configuration(config)?;
    require_account(&configuration.accounts, account.as_deref())?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let outcome = look(&database.store, asked).await;
    database.close().await?;
    outcome
}

/// A command whose options are valid.
enum Asked<'a> {
    List(Box<ListRequest>),
    Show(&'a ShowOptions),
    Explain(&'a RefundOptions),
    Note(&'a NoteOnRefundOptions),
    Resolve(&'a ResolveOptions),
    Erase(&'a EraseOptions),
}

async fn look(store: &Store, asked: Asked<'_>) -> Result<(), Failure> {
    match asked {
        Asked::List(request) => print(store, *request, &list::TABLE).await,
        Asked::Show(options) => {
            let refunds = find(store, &options.refund).await?;
            if let Some(path) = &options.evidence {
                return evidence::write(store, &refunds, path).await;
            }
            let times = Times::of(&options.refund.zone)?;
            let stories = store.stories(&refunds).await?;
            for (refund, story) in refunds.iter().zip(&stories) {
                show(refund, story, options.refund.json, &times)?;
            }
            Ok(())
        }
        Asked::Note(options) => {
            let account = options.account.as_deref();
            let refund = lookup::one_refund(store, &options.reference, account).await?;
            note(store, &refund, &options.note).await
        }
        Asked::Resolve(options) => {
            let account = options.account.as_deref();
            let refund = lookup::one_refund(store, &options.reference, account).await?;
            resolve(store, &refund, &options.note).await
        }
        Asked::Erase(options) => {
            let account = options.account.as_deref();
            let refund = lookup::one_refund(store, &options.reference, account).await?;
            erase(store, &refund, &options.reason).await
        }
        Asked::Explain(options) => {
            let times = Times::of(&options.zone)?;
            for refund in find(store, options).await? {
                explain(store, &refund, options.json, &times).await?;
            }
            Ok(())
        }
    }
}

async fn find(store: &Store, options: &RefundOptions) -> Result<Vec<Row>, Failure> {
    find_refunds(store, &options.reference, options.account.as_deref()).await
}

/// Returns the refunds that have a number, or whose id begins with it.
pub(in crate::command) async fn find_refunds(
    store: &Store,
    reference: &str,
    account: Option<&str>,
) -> Result<Vec<Row>, Failure> {
    Ok(lookup::refunds(store, reference, account).await?)
}
