//! Completes the events that earlier versions recorded: they do not say what their refund was right
//! after them.
//!
//! The fold computes it, for a few refunds at a time, so that recording is not held up. The newest
//! event gets what the table said, so that the past as it was known does not change. Only refunds are
//! listed whose event does not say it already: those with several events, with running totals, or
//! that need attention.

use std::collections::BTreeSet;

use sqlx::types::Json;
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::record::{Bookkeeping, StoredEvent, refund_after};
use crate::store::{Store, StoreError};
use refund_providers::refund::{Effect, fold};

/// One event of an earlier version: `seq`, delivery, time of receipt, content.
type EarlierEvent = (i64, Uuid, OffsetDateTime, Json<StoredEvent>);

impl Store {
    /// Completes the events of at most `limit` refunds. Returns how many refunds it completed; none
    /// if all are complete. Instances that run it at the same time take different refunds.
    pub async fn complete_history(&self, limit: i64) -> Result<usize, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let refunds: Vec<(Uuid, i64)> = sqlx::query_as(
            "delete from refund_inbox.history_to_complete
             where refund_id = any (array(
                 select refund_id from refund_inbox.history_to_complete
                 order by refund_id limit $1 for update skip locked
             ))
             returning refund_id, last_seq",
        )
        .bind(limit)
        .fetch_all(&mut *transaction)
        .await?;
        for (refund_id, last_seq) in &refunds {
            complete(&mut transaction, *refund_id, *last_seq).await?;
        }
        transaction.commit().await?;
        lease.give_back();
        Ok(refunds.len())
    }
}

/// Completes the events of a refund up to `last_seq`.
async fn complete(
    connection: &mut PgConnection,
    refund_id: Uuid,
    last_seq: i64,
) -> Result<(), StoreError> {
    let events: Vec<EarlierEvent> = sqlx::query_as(
        "select seq, delivery_id, received_at, to_jsonb(event) - 'payload'
         from refund_inbox.refund_events as event
         where refund_id = $1 and seq <= $2 and source = 'notification'
         order by seq",
    )
    .bind(refund_id)
    .bind(last_seq)
    .fetch_all(&mut *connection)
    .await?;
    let Some((_, _, first_received_at, _)) = events.first() else { return Ok(()) };
    let mut books = Bookkeeping {
        first_received_at: *first_received_at,
        last_received_at: *first_received_at,
        updated_at: *first_received_at,
        delivery_count: 0,
        event_count: 0,
    };
    let (mut deliveries, mut known, mut before) = (BTreeSet::new(), Vec::new(), None);
    let (mut seqs, mut afters) = (Vec::new(), Vec::new());
    for (seq, delivery_id, received_at, Json(stored)) in &events {
        known.push(&stored.event);
        let Some(state) = fold(known.iter().copied()) else { continue };
        deliveries.insert(*delivery_id);
        books.first_received_at = books.first_received_at.min(*received_at);
        books.last_received_at = books.last_received_at.max(*received_at);
        books.delivery_count = i32::try_from(deliveries.len()).unwrap_or(i32::MAX);
        books.event_count = i32::try_from(known.len()).unwrap_or(i32::MAX);
        match Effect::between(before.as_ref(), &state) {
            Effect::Changed | Effect::Enriched => {
                books.updated_at = books.updated_at.max(*received_at);
            }
            Effect::None => {}
        }
        seqs.push(*seq);
        afters.push(refund_after(&stored.event, *received_at, &state, books));
        before = Some(state);
    }
    let previous: Vec<Option<i64>> =
        std::iter::once(None).chain(seqs.iter().copied().map(Some)).take(seqs.len()).collect();
    sqlx::query(
        "update refund_inbox.refund_events as event
         set refund_after = coalesce(event.refund_after, completed.refund_after::jsonb),
             previous_seq = coalesce(event.previous_seq, completed.previous_seq)
         from unnest($1::bigint[], $2::text[], $3::bigint[])
             as completed (seq, refund_after, previous_seq)
         where event.seq = completed.seq",
    )
    .bind(&seqs)
    .bind(afters)
    .bind(previous)
    .execute(&mut *connection)
    .await?;
    sqlx::query(include_str!("last_event.sql")).bind(refund_id).execute(connection).await?;
    Ok(())
}
