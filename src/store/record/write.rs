//! Writes a group: encodes its rows as arrays of composite values, and runs the one statement that
//! takes them.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgConnection, PgHasArrayType, PgTypeInfo, Postgres};
use sqlx::{Row, Type};
use uuid::Uuid;

use super::composite::{CompositeEncoder, JsonText};
use super::delivery_record::DeliveryRecord;
use super::plan::Plan;
use super::rows::{EventRow, PreviousEvent, RefundRecord};
use super::stored::{Affected, Stored, stored};
use super::tokens::ClaimedTokens;
use crate::store::StoreError;
use refund_providers::contract::{Outcome, Verdict};
use refund_providers::refund::{Facts, Flag};

/// The result of writing a group.
#[derive(Debug)]
pub(in crate::store) enum WriteResult {
    /// The whole group was written.
    Written,
    /// Nothing was written, because the plan was not made from what is stored now.
    Outdated(Stored),
}

/// One row of `refund_inbox.deliveries`.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct DeliveryRow<'a> {
    record: &'a DeliveryRecord,
    outcome: Outcome,
    event_ids: &'a [Uuid],
}

/// Returns the rows of these deliveries, each with its outcome and its events.
pub(in crate::store) fn delivery_rows<'a>(
    group: &[&'a DeliveryRecord],
    outcomes: &[Outcome],
    event_ids: &'a [Vec<Uuid>],
) -> Vec<DeliveryRow<'a>> {
    let rows = group.iter().zip(outcomes).zip(event_ids);
    rows.map(|((&record, &outcome), event_ids)| DeliveryRow { record, outcome, event_ids })
        .collect()
}

/// Writes these deliveries and the rows of the plan, and claims the tokens that are not `claimed`,
/// if the plan was made from all that is stored of what the group affects.
pub(in crate::store) async fn write_group(
    connection: &mut PgConnection,
    affected: &Affected<'_>,
    claimed: &ClaimedTokens,
    deliveries: &[DeliveryRow<'_>],
    plan: &Plan<'_>,
) -> Result<WriteResult, StoreError> {
    let (events, refunds) = plan.finish();
    let (known_ids, known_versions) = plan.known();
    let claims = affected.tokens.claims(claimed);
    let statement = concat!(include_str!("known_refunds.sql"), include_str!("write_group.sql"));
    let bytes = deliveries.iter().map(|delivery| encoded_bytes(delivery.record)).sum();
    let rows = sqlx::query_with(statement, affected.parameters(bytes)?)
        .bind(deliveries)
        .bind(events)
        .bind(&refunds)
        .bind(known_ids)
        .bind(known_versions)
        .bind(i64::try_from(claimed.len()).unwrap_or(i64::MAX))
        .bind(claims.accounts)
        .bind(claims.tokens)
        .bind(claims.bodies)
        .bind(claims.received_at)
        .fetch_all(connection)
        .await?;
    let [written] = &rows[..] else { return Ok(WriteResult::Outdated(stored(&rows)?)) };
    let Some(written_deliveries) = written.try_get("deliveries")? else {
        return Ok(WriteResult::Outdated(stored(&rows)?));
    };
    expect_rows("deliveries", deliveries.len(), written_deliveries)?;
    expect_rows("refund_events", events.len(), written.try_get("events")?)?;
    expect_rows("refunds", refunds.len(), written.try_get("refunds")?)?;
    Ok(WriteResult::Written)
}

/// Returns about how many bytes the rows of a delivery have as parameters: its own, and those of its
/// events and refunds, whose columns have a length and a type each.
fn encoded_bytes(record: &DeliveryRecord) -> usize {
    let events = record.events().iter();
    let events: usize = events.map(|event| event.payload.as_str().len() + 2000).sum();
    record.received.weight() + record.reply.body.len() + 512 + events
}

/// Checks that the server wrote as many rows as the plan has.
fn expect_rows(table: &str, expected: usize, written: i64) -> Result<(), StoreError> {
    if i64::try_from(expected).is_ok_and(|expected| expected == written) {
        return Ok(());
    }
    let message = format!("{table}: expected to write {expected} rows, the server wrote {written}");
    Err(StoreError::rejected(message))
}

/// Names the composite type of a row. The types are in `migrations/0012_kind_rank.sql` (an event),
/// `0010_merchant_reference.sql` (a refund) and `0007_vocabulary.sql` (a delivery).
macro_rules! composite {
    ($row:ty, $name:literal) => {
        impl Type<Postgres> for $row {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_name($name)
            }
        }

        impl PgHasArrayType for $row {
            fn array_type_info() -> PgTypeInfo {
                PgTypeInfo::array_of($name)
            }
        }
    };
}

composite!(DeliveryRow<'_>, "refund_inbox.delivery_row");
composite!(EventRow<'_>, "refund_inbox.event_row_3");
composite!(RefundRecord<'_>, "refund_inbox.refund_row_2");

impl Encode<'_, Postgres> for DeliveryRow<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Self { record, outcome, event_ids } = *self;
        let received = &record.received;
        let mut row = CompositeEncoder::begin(buffer);
        row.column(received.delivery_id)?
            .column(received.received_at)?
            .column(received.provider)?
            .column(received.account.as_str())?
            .column(outcome.verdict().map(Verdict::as_str))?
            .column(record.reason().as_deref())?
            .column(record.key_id.as_str())?
            .column(record.signature_form.as_str())?
            .column(event_ids)?
            .column(received.client_address.as_deref())?
            .column(received.path_and_query.as_str())?
            .column(JsonText(&received.headers))?
            .column(received.body.as_slice())?
            .column(received.body_sha256.as_slice())?
            .column(i32::try_from(received.body_bytes)?)?
            .column(i16::try_from(record.reply.status)?)?
            .column(record.reply.body.as_str())?
            .column(record.replayed_from.as_ref().map(|kept| kept.delivery_id))?;
        Ok(row.end())
    }
}

impl Encode<'_, Postgres> for EventRow<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let event = &*self.event;
        let (previous_event, previous_seq) = match self.previous {
            None => (None, None),
            Some(PreviousEvent::InGroup(position)) => (Some(position), None),
            Some(PreviousEvent::Stored(seq)) => (None, Some(seq)),
        };
        let mut row = CompositeEncoder::begin(buffer);
        row.column(self.event_id)?
            .column(self.refund_id)?
            .column(self.digest.0.as_slice())?
            .column(self.delivery_id)?
            .column(&*self.provider)?
            .column(self.account.as_str())?
            .column(self.source.as_str())?
            .column(self.effect.as_str())?
            .column(self.received_at)?
            .column(event.key.as_str())?
            .column(event.merchant_refund_id.as_str())?
            .column(event.status.as_str())?
            .column(event.provider_status.as_str())?
            .column(event.authenticity.as_str())?
            .column(event.currency.as_deref())?
            .column(event.currency_exponent.map(i16::from))?
            .column(event.occurred_at)?
            .column(event.kind_rank.map(i16::from))?
            .column(event.cumulative_within.as_deref())?
            .column(flag_words(&event.flags))?
            .column(event.unread.fields())?
            .column(event.unread.facts())?
            .column(JsonText(event.payload.as_str()))?
            .column(self.refund_after.as_deref().map(JsonText))?
            .column(previous_event)?
            .column(previous_seq)?;
        encode_facts(&mut row, &event.facts)?;
        Ok(row.end())
    }
}

impl Encode<'_, Postgres> for RefundRecord<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let state = self.state;
        let mut row = CompositeEncoder::begin(buffer);
        row.column(self.is_stored)?
            .column(self.newest_event)?
            .column(self.refund_id)?
            .column(self.provider)?
            .column(self.account)?
            .column(self.refund_key)?
            .column(self.first_received_at)?
            .column(self.last_received_at)?
            .column(self.updated_at)?
            .column(self.delivery_count)?
            .column(self.event_count)?
            .column(state.merchant_refund_id.as_str())?
            .column(state.status.as_str())?
            .column(state.provider_status.as_str())?
            .column(state.conflicting)?
            .column(state.needs_attention())?
            .column(state.authenticity.as_str())?
            .column(state.currency.as_deref())?
            .column(state.currency_exponent.map(i16::from))?
            .column(state.cumulative_within.as_deref())?
            .column(flag_words(&state.flags))?
            .column(state.unread.fields())?
            .column(state.unread.facts())?;
        encode_facts(&mut row, &state.facts)?;
        Ok(row.end())
    }
}

/// Encodes every fact, in the order of the composite types. The code does not compile if a fact is
/// missing here.
fn encode_facts(row: &mut CompositeEncoder<'_>, facts: &Facts) -> Result<(), BoxDynError> {
    let Facts {
        provider_refund_id,
        merchant_order_id,
        provider_payment_id,
        amount_minor,
        amount_literal,
        order_amount_minor,
        order_refunded_minor,
        fee_refunded_minor,
        payer_amount_minor,
        settlement_amount_minor,
        discount_amount_minor,
        channel,
        receiving_account,
        reason,
        failure_code,
        failure_message,
        settlement_status,
        settled_at,
        provider_created_at,
        completed_at,
        sub_merchant,
        merchant_reference,
    } = facts;
    row.column(provider_refund_id.as_deref())?
        .column(merchant_order_id.as_deref())?
        .column(provider_payment_id.as_deref())?
        .column(*amount_minor)?
        .column(amount_literal.as_deref())?
        .column(*order_amount_minor)?
        .column(*order_refunded_minor)?
        .column(*fee_refunded_minor)?
        .column(*payer_amount_minor)?
        .column(*settlement_amount_minor)?
        .column(*discount_amount_minor)?
        .column(channel.as_deref())?
        .column(receiving_account.as_deref())?
        .column(reason.as_deref())?
        .column(failure_code.as_deref())?
        .column(failure_message.as_deref())?
        .column(settlement_status.as_deref())?
        .column(*settled_at)?
        .column(*provider_created_at)?
        .column(*completed_at)?
        .column(sub_merchant.as_deref())?
        .column(merchant_reference.as_deref())?;
    Ok(())
}

/// Returns the flags in the form in which the database stores them.
fn flag_words<'a>(flags: impl IntoIterator<Item = &'a Flag>) -> Vec<&'static str> {
    flags.into_iter().map(|flag| flag.as_str()).collect()
}
