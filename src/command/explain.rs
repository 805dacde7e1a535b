//! `refunds explain`: each event of a refund, what the fold did with it, and why.

use std::cmp::Ordering;

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Failure, output};
use crate::store::{RecordedEvent, RefundRow, Store};
use refund_providers::refund::{RefundEvent, rank};

/// Tells the story of one refund.
pub(super) async fn explain(
    store: &Store,
    refund: &RefundRow,
    as_json: bool,
) -> Result<(), Failure> {
    let refund_id: Uuid = refund
        .text("refund_id")
        .parse()
        .map_err(|_| Failure::Other("a refund in the database has no number".to_owned()))?;
    let events = store.events_of(refund_id).await?;
    let mut speaker: Option<&RefundEvent> = None;
    let mut told = Vec::new();
    for recorded in &events {
        let (verdict, why) = judge(speaker, &recorded.event);
        if verdict == Verdict::Speaks {
            speaker = Some(&recorded.event);
        }
        told.push((recorded, verdict, why));
    }
    if as_json {
        let events = told.iter().map(|(event, verdict, why)| describe(event, *verdict, why));
        return output::json(&json!({ "refund": refund, "events": events.collect::<Vec<_>>() }));
    }
    output::line(format!(
        "{} {} is {}{}",
        refund.text("account"),
        refund.text("merchant_refund_id"),
        refund.text("status"),
        if refund.is("conflicting") {
            ", CONFLICTING: different final states were told"
        } else {
            ""
        },
    ))?;
    let rows = told.iter().map(|(recorded, verdict, why)| {
        [
            recorded.seq.to_string(),
            time_text(Some(recorded.received_at)),
            time_text(recorded.event.occurred_at),
            recorded.event.status.to_string(),
            recorded.event.provider_status.clone(),
            recorded.effect.clone(),
            format!("{}: {why}", verdict.as_str()),
        ]
    });
    let heading = ["seq", "received", "occurred", "status", "provider says", "effect", "the fold"];
    output::table(heading, rows)?;
    output::line("")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Speaks,
    Kept,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Speaks => "gives the state",
            Self::Kept => "kept, facts only",
        }
    }
}

fn judge(speaker: Option<&RefundEvent>, event: &RefundEvent) -> (Verdict, &'static str) {
    let Some(speaker) = speaker else {
        return (Verdict::Speaks, "the first thing heard of this refund");
    };
    let (order, rule) = rank::compare(event, speaker);
    match order {
        Ordering::Greater => (Verdict::Speaks, rule.explain()),
        Ordering::Less | Ordering::Equal => (Verdict::Kept, rule.explain()),
    }
}

fn describe(recorded: &RecordedEvent, verdict: Verdict, why: &str) -> serde_json::Value {
    json!({
        "seq": recorded.seq,
        "delivery_id": recorded.delivery_id,
        "received_at": time_text(Some(recorded.received_at)),
        "occurred_at": time_text(recorded.event.occurred_at),
        "status": recorded.event.status,
        "provider_status": recorded.event.provider_status,
        "effect": recorded.effect,
        "fold": verdict.as_str(),
        "why": why,
    })
}

fn time_text(at: Option<OffsetDateTime>) -> String {
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or("–".to_owned())
}
