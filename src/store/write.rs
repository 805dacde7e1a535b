//! Binding a group to the statement that writes it: one array for each column.

use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::{Postgres, Row};
use uuid::Uuid;

use super::plan::Plan;
use super::rows::{EventRecord, RefundRecord};
use super::{Content, DeliveryRecord, Recorded, StoreError};
use crate::provider::Reply;
use crate::refund::{Facts, Flag};

type Writing<'q> = Query<'q, Postgres, PgArguments>;

/// Writes the group's deliveries with the outcomes and events of each, and what the plan says.
pub(super) async fn write_group(
    connection: &mut PgConnection,
    group: &[DeliveryRecord],
    outcomes: &[Recorded],
    event_ids: &[Vec<Uuid>],
    plan: &mut Plan<'_>,
) -> Result<(), StoreError> {
    let (events, refunds) = plan.finish();
    let query = sqlx::query(include_str!("sql/write_group.sql"));
    let query = bind_deliveries(query, group, outcomes, event_ids);
    let query = bind_events(query, events);
    let query = bind_refunds(query, &refunds);
    let written = query.fetch_one(connection).await?;
    expect_rows("deliveries", group.len(), written.try_get("deliveries")?)?;
    expect_rows("refund_events", events.len(), written.try_get("events")?)?;
    let changed = refunds.iter().filter(|refund| refund.is_stored).count();
    expect_rows("refunds", changed, written.try_get("changed_refunds")?)
}

fn expect_rows(table: &str, meant: usize, written: i64) -> Result<(), StoreError> {
    if i64::try_from(meant).is_ok_and(|meant| meant == written) {
        return Ok(());
    }
    let message = format!("{table}: meant to write {meant} rows, the server wrote {written}");
    Err(StoreError::rejected(message))
}

fn bind_deliveries<'q>(
    query: Writing<'q>,
    group: &'q [DeliveryRecord],
    outcomes: &'q [Recorded],
    event_ids: &[Vec<Uuid>],
) -> Writing<'q> {
    let length =
        |record: &DeliveryRecord| i32::try_from(record.received.body.len()).unwrap_or(i32::MAX);
    let status = |reply: &Reply| i16::try_from(reply.status).unwrap_or(i16::MAX);
    query
        .bind(column(group, |record| record.received.delivery_id))
        .bind(column(group, |record| record.received.received_at))
        .bind(column(group, |record| record.received.provider))
        .bind(column(group, |record| record.received.account.as_str()))
        .bind(column(outcomes, Recorded::verdict))
        .bind(column(group, reason))
        .bind(column(group, |record| record.key_id.as_str()))
        .bind(column(group, |record| record.signature_form.as_str()))
        .bind(column(event_ids, |ids| array_literal(ids)))
        .bind(column(group, |record| record.received.peer.as_deref()))
        .bind(column(group, |record| record.received.path_and_query.as_str()))
        .bind(column(group, |record| record.received.headers.as_str()))
        .bind(column(group, |record| record.received.body.as_slice()))
        .bind(column(group, |record| record.received.body_sha256.as_slice()))
        .bind(column(group, length))
        .bind(column(outcomes, |outcome| status(outcome.reply())))
        .bind(column(outcomes, |outcome| outcome.reply().body.as_str()))
        .bind(column(group, |record| record.replayed_from))
}

fn reason(record: &DeliveryRecord) -> Option<&str> {
    match &record.content {
        Content::Refunds { .. } => None,
        Content::Ignored { reason, .. } => Some(reason),
        Content::Unreadable { reason, .. } => Some(reason),
        Content::Undecryptable { .. } => Some("undecryptable"),
    }
}

fn bind_events<'q>(query: Writing<'q>, events: &[EventRecord<'_>]) -> Writing<'q> {
    let query = query
        .bind(column(events, |record| record.event_id))
        .bind(column(events, |record| record.refund_id))
        .bind(column(events, |record| record.digest.0.as_slice()))
        .bind(column(events, |record| record.delivery_id))
        .bind(column(events, |record| record.provider))
        .bind(column(events, |record| record.account))
        .bind(column(events, |record| record.effect.as_str()))
        .bind(column(events, |record| record.received_at))
        .bind(column(events, |record| record.event.key.as_str()))
        .bind(column(events, |record| record.event.merchant_refund_id.as_str()))
        .bind(column(events, |record| record.event.status.as_str()))
        .bind(column(events, |record| record.event.provider_status.as_str()))
        .bind(column(events, |record| record.event.authenticity.as_str()))
        .bind(column(events, |record| record.event.currency.as_str()))
        .bind(column(events, |record| i16::from(record.event.currency_exponent)))
        .bind(column(events, |record| record.event.occurred_at))
        .bind(column(events, |record| record.event.cumulative_within.as_deref()))
        .bind(column(events, |record| words(&record.event.flags)))
        .bind(column(events, |record| record.event.payload.as_str()));
    bind_facts(query, &column(events, |record| &record.event.facts))
}

fn bind_refunds<'q>(query: Writing<'q>, refunds: &[RefundRecord<'_>]) -> Writing<'q> {
    let query = query
        .bind(column(refunds, |record| record.is_stored))
        .bind(column(refunds, |record| record.newest_event))
        .bind(column(refunds, |record| record.refund_id))
        .bind(column(refunds, |record| record.provider))
        .bind(column(refunds, |record| record.account))
        .bind(column(refunds, |record| record.refund_key))
        .bind(column(refunds, |record| record.first_received_at))
        .bind(column(refunds, |record| record.last_received_at))
        .bind(column(refunds, |record| record.updated_at))
        .bind(column(refunds, |record| record.delivery_count))
        .bind(column(refunds, |record| record.event_count))
        .bind(column(refunds, |record| record.state.merchant_refund_id.as_str()))
        .bind(column(refunds, |record| record.state.status.as_str()))
        .bind(column(refunds, |record| record.state.provider_status.as_str()))
        .bind(column(refunds, |record| record.state.conflicting))
        .bind(column(refunds, |record| record.state.authenticity.as_str()))
        .bind(column(refunds, |record| record.state.currency.as_str()))
        .bind(column(refunds, |record| i16::from(record.state.currency_exponent)))
        .bind(column(refunds, |record| record.state.cumulative_within.as_deref()))
        .bind(column(refunds, |record| words(&record.state.flags)));
    bind_facts(query, &column(refunds, |record| &record.state.facts))
}

fn bind_facts<'q>(query: Writing<'q>, facts: &[&Facts]) -> Writing<'q> {
    query
        .bind(column(facts, |facts| facts.provider_refund_id.as_deref()))
        .bind(column(facts, |facts| facts.merchant_order_id.as_deref()))
        .bind(column(facts, |facts| facts.provider_payment_id.as_deref()))
        .bind(column(facts, |facts| facts.amount_minor))
        .bind(column(facts, |facts| facts.amount_literal.as_deref()))
        .bind(column(facts, |facts| facts.order_amount_minor))
        .bind(column(facts, |facts| facts.order_refunded_minor))
        .bind(column(facts, |facts| facts.fee_refunded_minor))
        .bind(column(facts, |facts| facts.payer_amount_minor))
        .bind(column(facts, |facts| facts.settlement_amount_minor))
        .bind(column(facts, |facts| facts.discount_amount_minor))
        .bind(column(facts, |facts| facts.channel.as_deref()))
        .bind(column(facts, |facts| facts.receiving_account.as_deref()))
        .bind(column(facts, |facts| facts.reason.as_deref()))
        .bind(column(facts, |facts| facts.failure_code.as_deref()))
        .bind(column(facts, |facts| facts.failure_message.as_deref()))
        .bind(column(facts, |facts| facts.settlement_status.as_deref()))
        .bind(column(facts, |facts| facts.settled_at))
        .bind(column(facts, |facts| facts.provider_created_at))
        .bind(column(facts, |facts| facts.completed_at))
}

fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Arrays of arrays must be rectangular in Postgres, so each inner one travels as its text.
fn array_literal(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    format!("{{{}}}", ids.join(","))
}

/// None of our words needs quotes in an array's text.
fn words<'a>(flags: impl IntoIterator<Item = &'a Flag>) -> String {
    let words: Vec<&str> = flags.into_iter().map(|flag| flag.as_str()).collect();
    format!("{{{}}}", words.join(","))
}
