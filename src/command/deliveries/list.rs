//! `deliveries list`: prints deliveries.

use crate::command::Failure;
use crate::command::arguments::DeliveriesListOptions;
use crate::command::list::{self, ListRequest, TableOf};
use crate::command::terminal::table::{Cell, TableColumn, Tone};
use crate::command::terminal::times::Times;
use crate::store::{Listed, ListedTime, Row};
use refund_providers::contract::Verdict;

/// The usual table of deliveries.
pub(super) const TABLE: TableOf = TableOf { columns, row };

/// Returns the list that the options describe, without the condition on the refund.
pub(super) fn request(options: &DeliveriesListOptions) -> Result<ListRequest, Failure> {
    let times = Times::of(&options.list.zone)?;
    let conditions = list::deliveries(&options.filter, &times)?;
    ListRequest::new(
        Listed::Deliveries,
        &options.list,
        ListedTime::Received,
        conditions,
        None,
        times,
        &list::filter_of_deliveries(&options.filter),
    )
}

fn columns() -> Vec<TableColumn> {
    vec![
        TableColumn::id("delivery_id"),
        TableColumn::time("received").droppable(1),
        TableColumn::text("account"),
        TableColumn::text("verdict"),
        TableColumn::text("reason"),
        TableColumn::text("key").droppable(3),
        TableColumn::text("answer").droppable(2),
        TableColumn::text("replay"),
    ]
}

fn row(delivery: &Row, times: &Times) -> Vec<Cell> {
    let answer = match delivery.has("replayed_from") {
        true => "none".to_owned(),
        false => delivery.plain("response_status").unwrap_or_default(),
    };
    // A replay whose verdict was unreadable may have been replayed again.
    let replay = match (delivery.has("replayed_by"), delivery.has("replayed_from")) {
        (true, _) => "replayed",
        (false, true) => "is a replay",
        (false, false) => "",
    };
    vec![
        delivery.text("delivery_id").into(),
        times.show_text(delivery.text("received_at")).into(),
        delivery.text("account").into(),
        Cell::toned(delivery.text("verdict"), tone(delivery.text("verdict"))),
        delivery.text("reason").into(),
        delivery.text("key_id").into(),
        answer.into(),
        replay.into(),
    ]
}

fn tone(verdict: &str) -> Tone {
    match Verdict::from_word(verdict) {
        Some(Verdict::Recorded) => Tone::Good,
        Some(Verdict::Unreadable) => Tone::Waiting,
        Some(Verdict::Refused) => Tone::Bad,
        Some(Verdict::Duplicate | Verdict::Ignored) | None => Tone::Plain,
    }
}
