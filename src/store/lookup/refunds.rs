//! Looks refunds up, for the command line.

use sqlx::Row as _;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::prefix::IdPrefix;
use crate::store::list::Row;
use crate::store::record::StoredEvent;
use crate::store::{Store, StoreError};
use refund_providers::refund::RefundEvent;

/// An event as it was recorded, for `refunds explain`.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    /// Its position in the feed.
    pub seq: i64,
    /// The delivery that first contained it.
    pub delivery_id: Uuid,
    /// When that delivery arrived.
    pub received_at: OffsetDateTime,
    /// Its effect on the refund when it was recorded.
    pub effect: String,
    /// The delivery that replays its delivery and reads it otherwise. The fold leaves it out.
    pub superseded_by: Option<Uuid>,
    /// The event.
    pub event: RefundEvent,
}

impl Store {
    /// Returns the refunds that have this number: the refund id or its beginning, the merchant's or
    /// the provider's refund id, an order or a payment. At most 20, the newest first.
    pub async fn find_refunds(
        &self,
        id: &str,
        account: Option<&str>,
    ) -> Result<Vec<Row>, StoreError> {
        let beginning = IdPrefix::read(id);
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("find_refunds.sql"))
                .bind(id)
                .bind(beginning.map(|ids| ids.first))
                .bind(account)
                .bind(beginning.map(|ids| ids.last))
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| Row(row)).collect())
    }

    /// Returns the number of refunds whose events contain different final states, and at which no
    /// person has looked since the newest event.
    pub async fn conflicting_refunds(&self) -> Result<i64, StoreError> {
        let count = "select count(*) from refund_inbox.refunds
             where conflicting and (resolved_seq is null or last_seq > resolved_seq)";
        let mut lease = self.lease().await?;
        let refunds = sqlx::query_scalar(count).fetch_one(&mut *lease).await?;
        lease.give_back();
        Ok(refunds)
    }

    /// Returns the events of a refund that the provider reported, in the order in which they were recorded.
    pub async fn events_of(&self, refund_id: Uuid) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut lease = self.lease().await?;
        let rows = sqlx::query(
            "select seq, delivery_id, received_at, effect, to_jsonb(event) - 'payload' as event
             from refund_inbox.refund_events as event
             where refund_id = $1 and source = 'notification'
             order by seq",
        )
        .bind(refund_id)
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let Json(stored): Json<StoredEvent> = row.try_get("event")?;
            events.push(RecordedEvent {
                seq: row.try_get("seq")?,
                delivery_id: row.try_get("delivery_id")?,
                received_at: row.try_get("received_at")?,
                effect: row.try_get("effect")?,
                superseded_by: stored.superseded_by,
                event: stored.event,
            });
        }
        Ok(events)
    }
}
