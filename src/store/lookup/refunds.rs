//! Looks refunds up, for the command line.

use serde::Serialize;
use sqlx::Row;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::record::StoredEvent;
use crate::store::{Store, StoreError};
use refund_providers::refund::RefundEvent;

/// Selects the refunds to list, newest first. A field that is `None` selects all.
#[derive(Clone, Debug, Default)]
pub struct RefundFilter {
    /// Only refunds of this account.
    pub account: Option<String>,
    /// Only refunds in this status.
    pub status: Option<String>,
    /// Only refunds whose events contain different final states.
    pub conflicting: bool,
    /// The most refunds to list.
    pub limit: i64,
}

/// A refund as the view `refunds_v1.refunds` shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct RefundRow(pub serde_json::Map<String, serde_json::Value>);

impl RefundRow {
    /// Returns the text in a column, or an empty text if the column is null or absent.
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    /// Returns the integer in a column, or `None` if the column is null or absent.
    pub fn integer(&self, column: &str) -> Option<i64> {
        self.0.get(column).and_then(serde_json::Value::as_i64)
    }

    /// Returns the boolean in a column, or false if the column is null or absent.
    pub fn is(&self, column: &str) -> bool {
        self.0.get(column).and_then(serde_json::Value::as_bool).unwrap_or_default()
    }
}

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
    /// Returns the refunds that match the filter, newest first.
    pub async fn refunds(&self, filter: &RefundFilter) -> Result<Vec<RefundRow>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("list_refunds.sql"))
                .bind(&filter.account)
                .bind(&filter.status)
                .bind(filter.conflicting)
                .bind(filter.limit)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| RefundRow(row)).collect())
    }

    /// Returns the refunds whose refund id, merchant refund id or provider refund id is `id`.
    /// Usually there is one; there are several if two accounts use the same ids.
    pub async fn find_refunds(
        &self,
        id: &str,
        account: Option<&str>,
    ) -> Result<Vec<RefundRow>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("find_refunds.sql"))
                .bind(id)
                .bind(Uuid::parse_str(id).ok())
                .bind(account)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| RefundRow(row)).collect())
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
