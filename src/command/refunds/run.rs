//! Opens the database, runs the command, and closes the database.

use std::path::Path;

use super::explain::explain;
use super::list::list;
use super::show::show;
use crate::command::Failure;
use crate::command::arguments::{RefundOptions, RefundsCommand, RefundsListOptions};
use crate::command::database::{Database, Sharing};
use crate::command::setup::{configuration, start_telemetry};
use crate::store::{RefundRow, Store};
use refund_providers::refund::RefundStatus;

pub(in crate::command) async fn run(
    config: Option<&Path>,
    command: &RefundsCommand,
) -> Result<(), Failure> {
    if let RefundsCommand::List(RefundsListOptions { status: Some(word), .. }) = command
        && RefundStatus::from_word(word).is_none()
    {
        let known = RefundStatus::ALL.map(RefundStatus::as_str).join(", ");
        let message = format!("--status: expected one of {known}, found {word:?}");
        return Err(Failure::Usage(message));
    }
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::Shared).await?;
    let outcome = look(&database.store, command).await;
    database.close().await?;
    outcome
}

async fn look(store: &Store, command: &RefundsCommand) -> Result<(), Failure> {
    match command {
        RefundsCommand::List(options) => list(store, options).await,
        RefundsCommand::Show(options) => {
            for refund in find(store, options).await? {
                show(&refund, options.json)?;
            }
            Ok(())
        }
        RefundsCommand::Explain(options) => {
            for refund in find(store, options).await? {
                explain(store, &refund, options.json).await?;
            }
            Ok(())
        }
    }
}

async fn find(store: &Store, options: &RefundOptions) -> Result<Vec<RefundRow>, Failure> {
    let refunds = store.find_refunds(&options.reference, options.account.as_deref()).await?;
    if refunds.is_empty() {
        return Err(Failure::Other(format!("no refund has the id {:?}", options.reference)));
    }
    Ok(refunds)
}
