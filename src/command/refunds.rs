//! `refunds list|show|explain`: lists, shows and explains refunds.

use std::path::Path;

use serde_json::Value;

use super::Failure;
use super::arguments::{RefundOptions, RefundsCommand, RefundsListOptions};
use super::database::{Database, Sharing};
use super::explain::explain;
use super::setup::{configuration, start_telemetry};
use super::terminal::output;
use crate::store::{RefundFilter, RefundRow, Store};
use refund_providers::refund::RefundStatus;
use refund_providers::refund::money::in_major_units;

pub(super) async fn run(config: Option<&Path>, command: &RefundsCommand) -> Result<(), Failure> {
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

async fn list(store: &Store, options: &RefundsListOptions) -> Result<(), Failure> {
    let filter = RefundFilter {
        account: options.account.clone(),
        status: options.status.clone(),
        conflicting: options.conflicting,
        limit: options.limit,
    };
    let refunds = store.refunds(&filter).await?;
    if options.json {
        return refunds.iter().try_for_each(output::json_line);
    }
    table(&refunds)
}

async fn find(store: &Store, options: &RefundOptions) -> Result<Vec<RefundRow>, Failure> {
    let refunds = store.find_refunds(&options.number, options.account.as_deref()).await?;
    if refunds.is_empty() {
        return Err(Failure::Other(format!("no refund has the id or number {:?}", options.number)));
    }
    Ok(refunds)
}

fn show(refund: &RefundRow, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(refund);
    }
    let rows = refund.0.iter().filter(|(_, value)| !value.is_null());
    output::table(["column", "value"], rows.map(|(name, value)| [name.clone(), plain(value)]))?;
    output::line("")
}

/// Prints refunds as a table for people.
pub(super) fn table(refunds: &[RefundRow]) -> Result<(), Failure> {
    let heading = [
        "account",
        "merchant_refund_id",
        "status",
        "provider status",
        "amount",
        "deliveries",
        "flags",
    ];
    output::table(heading, refunds.iter().map(row))
}

fn row(refund: &RefundRow) -> [String; 7] {
    let flags = refund.0.get("flags").and_then(Value::as_array);
    let mut flags: Vec<&str> = flags.into_iter().flatten().filter_map(Value::as_str).collect();
    if refund.is("conflicting") {
        flags.insert(0, "CONFLICTING");
    }
    let exponent =
        refund.integer("currency_exponent").and_then(|exponent| exponent.try_into().ok());
    let amount = refund.integer("amount_minor").map_or("–".to_owned(), |minor| {
        format!(
            "{} {}",
            in_major_units(minor, exponent.unwrap_or_default()),
            refund.text("currency")
        )
    });
    [
        refund.text("account").to_owned(),
        refund.text("merchant_refund_id").to_owned(),
        refund.text("status").to_owned(),
        refund.text("provider_status").to_owned(),
        amount,
        refund.integer("delivery_count").unwrap_or_default().to_string(),
        flags.join(" "),
    ]
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
