//! `refunds list`: prints refunds.

use crate::command::Failure;
use crate::command::arguments::RefundsListOptions;
use crate::command::list::{self, ListRequest, TableOf, money};
use crate::command::terminal::output;
use crate::command::terminal::table::{Cell, Table, TableColumn, Tone};
use crate::command::terminal::times::Times;
use crate::store::{Listed, Row};
use refund_providers::refund::RefundStatus;

/// The usual table of refunds.
pub(super) const TABLE: TableOf = TableOf { columns, row };

/// Returns the list that the options describe.
pub(super) fn request(options: &RefundsListOptions) -> Result<ListRequest, Failure> {
    let times = Times::of(&options.list.zone)?;
    let filter = list::refunds(options);
    let (by, conditions) = (filter.time()?, filter.conditions(&times)?);
    let as_of = filter.as_of(&times)?;
    ListRequest::new(Listed::Refunds, &options.list, by, conditions, as_of, times, &filter)
}

/// Prints refunds as a table for people.
pub(in crate::command) fn table(refunds: &[Row], times: &Times) -> Result<(), Failure> {
    let mut table = Table::new(columns());
    for refund in refunds {
        table.row(row(refund, times));
    }
    output::show(table)
}

fn columns() -> Vec<TableColumn> {
    vec![
        TableColumn::time("received").droppable(1),
        TableColumn::text("account"),
        TableColumn::text("merchant_refund_id"),
        TableColumn::text("status"),
        TableColumn::text("provider status").droppable(3),
        TableColumn::number("amount"),
        TableColumn::number("deliveries").droppable(4),
        TableColumn::text("flags").below(2),
    ]
}

fn row(refund: &Row, times: &Times) -> Vec<Cell> {
    let mut flags = refund.texts("flags");
    if refund.is("conflicting") {
        flags.insert(0, "CONFLICTING");
    }
    let flags = match refund.is("needs_attention") {
        true => Cell::toned(flags.join(" "), Tone::Bad),
        false => flags.join(" ").into(),
    };
    vec![
        times.show_text(refund.text("first_received_at")).into(),
        refund.text("account").into(),
        refund.text("merchant_refund_id").into(),
        Cell::toned(refund.text("status"), tone(refund.text("status"))),
        refund.text("provider_status").into(),
        money(refund).unwrap_or("–".to_owned()).into(),
        refund.integer("delivery_count").unwrap_or_default().to_string().into(),
        flags,
    ]
}

/// Returns the tone of a status.
pub(in crate::command) fn tone(status: &str) -> Tone {
    match RefundStatus::from_word(status) {
        Some(RefundStatus::Succeeded) => Tone::Good,
        Some(RefundStatus::Pending | RefundStatus::RequiresAction) => Tone::Waiting,
        Some(RefundStatus::Failed | RefundStatus::Unknown) => Tone::Bad,
        Some(RefundStatus::Canceled) | None => Tone::Plain,
    }
}
