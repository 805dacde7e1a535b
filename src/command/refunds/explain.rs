//! `refunds explain`: shows each event of a refund, what the fold did with it, and why.

use std::cmp::Ordering;

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::list::tone;
use crate::command::Failure;
use crate::command::terminal::output;
use crate::command::terminal::table::{Cell, Table, TableColumn};
use crate::command::terminal::times::Times;
use crate::store::{RecordedEvent, Row, Store};
use refund_providers::refund::{RefundEvent, rank};

/// Prints the events of one refund, and the effect of each on its state.
pub(super) async fn explain(
    store: &Store,
    refund: &Row,
    as_json: bool,
    times: &Times,
) -> Result<(), Failure> {
    let refund_id: Uuid = refund.text("refund_id").parse().map_err(|_| {
        Failure::Other("a refund in the database has no valid refund_id".to_owned())
    })?;
    let events = store.events_of(refund_id).await?;
    let mut head: Option<&RefundEvent> = None;
    let mut explained = Vec::new();
    for recorded in &events {
        if recorded.superseded_by.is_some() {
            explained.push((
                recorded,
                FoldEffect::Replaced,
                "a replay reads its delivery otherwise",
            ));
            continue;
        }
        let (fold, why) = judge(head, &recorded.event);
        if fold == FoldEffect::SetsState {
            head = Some(&recorded.event);
        }
        explained.push((recorded, fold, why));
    }
    if as_json {
        let events = explained.iter().map(|(event, fold, why)| describe(event, *fold, why));
        return output::json(&json!({ "refund": refund, "events": events.collect::<Vec<_>>() }));
    }
    let headline = format!(
        "{} {} is {}{}",
        refund.text("account"),
        refund.text("merchant_refund_id"),
        refund.text("status"),
        if refund.is("conflicting") {
            ", CONFLICTING: the provider reported different final statuses"
        } else {
            ""
        },
    );
    output::paragraph(&headline, 0)?;
    let mut table = Table::new([
        TableColumn::number("seq"),
        TableColumn::time("received"),
        TableColumn::time("occurred"),
        TableColumn::text("status"),
        TableColumn::text("provider status"),
        TableColumn::text("effect").droppable(3),
        TableColumn::text("fold").below(2),
    ]);
    for (recorded, fold, why) in &explained {
        let event = &recorded.event;
        table.row([
            recorded.seq.to_string().into(),
            times.show(recorded.received_at).into(),
            event.occurred_at.map_or("–".to_owned(), |at| times.show(at)).into(),
            Cell::toned(event.status.as_str(), tone(event.status.as_str())),
            event.provider_status.as_str().into(),
            recorded.effect.as_str().into(),
            format!("{}: {why}", fold.as_str()).into(),
        ]);
    }
    output::show(table)?;
    output::line("")
}

/// What the fold did with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FoldEffect {
    SetsState,
    AddsFacts,
    Replaced,
}

impl FoldEffect {
    fn as_str(self) -> &'static str {
        match self {
            Self::SetsState => "sets the state",
            Self::AddsFacts => "adds facts only",
            Self::Replaced => "is replaced",
        }
    }
}

/// Compares an event with the head, which is the event that has set the state so far.
fn judge(head: Option<&RefundEvent>, event: &RefundEvent) -> (FoldEffect, &'static str) {
    let Some(head) = head else {
        return (FoldEffect::SetsState, "the first event of this refund");
    };
    let (order, rule) = rank::compare(event, head);
    match order {
        Ordering::Greater => (FoldEffect::SetsState, rule.explain()),
        Ordering::Less | Ordering::Equal => (FoldEffect::AddsFacts, rule.explain()),
    }
}

fn describe(recorded: &RecordedEvent, fold: FoldEffect, why: &str) -> serde_json::Value {
    json!({
        "seq": recorded.seq,
        "delivery_id": recorded.delivery_id,
        "received_at": time_text(Some(recorded.received_at)),
        "occurred_at": time_text(recorded.event.occurred_at),
        "status": recorded.event.status,
        "provider_status": recorded.event.provider_status,
        "effect": recorded.effect,
        "fold": fold.as_str(),
        "why": why,
    })
}

fn time_text(at: Option<OffsetDateTime>) -> String {
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or("–".to_owned())
}
