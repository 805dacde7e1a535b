//! `refunds list`: prints refunds as a table.

use serde_json::Value;

use crate::command::Failure;
use crate::command::arguments::RefundsListOptions;
use crate::command::terminal::output;
use crate::store::{RefundFilter, RefundRow, Store};
use refund_providers::refund::money::in_major_units;

pub(super) async fn list(store: &Store, options: &RefundsListOptions) -> Result<(), Failure> {
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

/// Prints refunds as a table for people.
pub(in crate::command) fn table(refunds: &[RefundRow]) -> Result<(), Failure> {
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
