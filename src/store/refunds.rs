//! Looking refunds up, for the command line.

use serde::Serialize;
use sqlx::Row;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::rows::StoredEvent;
use super::{Store, StoreError};
use refund_providers::refund::RefundEvent;

/// Which refunds to list, newest first. What is absent does not restrict.
#[derive(Clone, Debug, Default)]
pub struct RefundFilter {
    /// Of this account.
    pub account: Option<String>,
    /// In this status.
    pub status: Option<String>,
    /// Only those in which different final states were told.
    pub conflicting: bool,
    /// At most so many.
    pub limit: i64,
}

/// A refund as `refunds_v1.refunds` shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct RefundRow(pub serde_json::Map<String, serde_json::Value>);

impl RefundRow {
    /// The text in a column; empty where it is null or absent.
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    /// The integer in a column.
    pub fn integer(&self, column: &str) -> Option<i64> {
        self.0.get(column).and_then(serde_json::Value::as_i64)
    }

    /// The boolean in a column; false where it is absent.
    pub fn is(&self, column: &str) -> bool {
        self.0.get(column).and_then(serde_json::Value::as_bool).unwrap_or_default()
    }
}

/// An event as it was recorded, for `refunds explain`.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    /// Its place in the feed.
    pub seq: i64,
    /// The delivery that first brought it.
    pub delivery_id: Uuid,
    /// When that arrived.
    pub received_at: OffsetDateTime,
    /// What it did to its refund then.
    pub effect: String,
    /// What it says.
    pub event: RefundEvent,
}

impl Store {
    /// The refunds that the filter lets through, newest first.
    pub async fn refunds(&self, filter: &RefundFilter) -> Result<Vec<RefundRow>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("sql/list_refunds.sql"))
                .bind(&filter.account)
                .bind(&filter.status)
                .bind(filter.conflicting)
                .bind(filter.limit)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| RefundRow(row)).collect())
    }

    /// The refunds with this number, ours, the merchant's or the provider's: usually one, several
    /// where accounts number alike.
    pub async fn find_refunds(
        &self,
        number: &str,
        account: Option<&str>,
    ) -> Result<Vec<RefundRow>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("sql/find_refunds.sql"))
                .bind(number)
                .bind(Uuid::parse_str(number).ok())
                .bind(account)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| RefundRow(row)).collect())
    }

    /// How many refunds have been told in different final states.
    pub async fn conflicting_refunds(&self) -> Result<i64, StoreError> {
        let count = "select count(*) from refund_inbox.refunds where conflicting";
        let mut lease = self.lease().await?;
        let refunds = sqlx::query_scalar(count).fetch_one(&mut *lease).await?;
        lease.give_back();
        Ok(refunds)
    }

    /// The events of a refund in the order in which they were recorded.
    pub async fn events_of(&self, refund_id: Uuid) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut lease = self.lease().await?;
        let rows = sqlx::query(
            "select seq, delivery_id, received_at, effect, to_jsonb(event) - 'payload' as event
             from refund_inbox.refund_events as event where refund_id = $1 order by seq",
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
                event: stored.event,
            });
        }
        Ok(events)
    }
}
