//! Reads the deliveries that wait for repair: refused ones from the quarantine, unreadable authentic
//! ones, and recorded ones that are partly read. It reads them in pages, so that any number of them
//! fits into memory.

use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::kept_filter::KeptFilter;
use crate::store::at_rest::{Kept, Opened};
use crate::store::record::{StoredEvent, headers_from_text};
use crate::store::{Store, StoreError, StoredHeaders};
use refund_providers::contract::{Delivery, Verdict};
use refund_providers::refund::RefundEvent;

/// The most deliveries of a page.
const PAGE_DELIVERIES: i64 = 64;

/// How many bytes of bodies fill a page.
const PAGE_BYTES: i64 = 8 * 1024 * 1024;

/// A delivery that waits for repair, with everything that was kept of it.
#[derive(Clone, Debug)]
pub struct KeptDelivery {
    /// Its delivery id.
    pub delivery_id: Uuid,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The provider of its route.
    pub provider: String,
    /// The account of its route.
    pub account: String,
    /// Its verdict, one of [`KeptFilter::VERDICTS`].
    pub verdict: Verdict,
    /// The reason of the verdict.
    pub reason: Option<String>,
    /// The key that verified it when it was received.
    pub key_id: Option<String>,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// Its headers, or `None` if the stored ones are damaged or sealed by a key that is gone.
    pub headers: Option<StoredHeaders>,
    /// Its body.
    pub body: Vec<u8>,
    /// If it is recorded, its events with unread fields or an unknown status word.
    pub partly_read: Vec<RefundEvent>,
    /// How many events it brought. An unreadable one brings those of its readable items.
    pub event_count: usize,
}

/// A delivery that does not wait for repair, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotWaiting {
    /// Its delivery id.
    pub delivery_id: Uuid,
    /// Its verdict.
    pub verdict: String,
    /// The delivery that replays it.
    pub replayed_by: Option<Uuid>,
    /// Whether retention or an erasure emptied it, so that there is nothing to judge.
    pub is_emptied: bool,
}

impl KeptDelivery {
    /// Returns the request as it arrived, with the time at which it arrived, or `None` if it is
    /// damaged.
    pub fn delivery(&self) -> Option<Delivery<'_>> {
        let headers = self.headers.as_ref()?;
        Some(Delivery {
            path_and_query: &self.path_and_query,
            headers: &headers.plain,
            redacted: &headers.redacted,
            body: &self.body,
            received_at: self.received_at,
        })
    }
}

impl Store {
    /// Returns the next page of deliveries that wait for repair: those after the delivery `after`,
    /// in order of receipt. The page after the last delivery is empty.
    pub async fn kept(
        &self,
        filter: &KeptFilter,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<KeptDelivery>, StoreError> {
        let words = |them: &Vec<Verdict>| them.iter().map(|one| one.as_str()).collect();
        let verdicts: Option<Vec<&str>> = filter.verdicts.as_ref().map(words);
        let mut lease = self.lease().await?;
        let rows = sqlx::query(include_str!("read_kept.sql"))
            .bind(&filter.delivery_ids)
            .bind(verdicts)
            .bind(&filter.account)
            .bind(&filter.reason)
            .bind(filter.since)
            .bind(filter.until)
            .bind(after)
            .bind(limit.min(PAGE_DELIVERIES))
            .bind(PAGE_BYTES)
            .bind(&filter.provider)
            .bind(&filter.key)
            .bind(&filter.client)
            .bind(&filter.refunds)
            .bind(filter.are_replays)
            .bind(filter.are_waiting)
            .fetch_all(&mut *lease)
            .await?;
        let kept = rows.iter().map(stored).collect::<Result<Vec<_>, StoreError>>()?;
        let opened = self.keys.open(&mut lease, kept).await?;
        lease.give_back();
        rows.iter().zip(opened).map(|(row, opened)| from_row(row, opened)).collect()
    }

    /// Returns those of these deliveries that exist, whether or not they wait for repair.
    pub async fn not_waiting(&self, delivery_ids: &[Uuid]) -> Result<Vec<NotWaiting>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<(Uuid, String, Option<Uuid>, bool)> =
            sqlx::query_as(include_str!("find_not_waiting.sql"))
                .bind(delivery_ids)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        let from_row = |(delivery_id, verdict, replayed_by, is_emptied)| NotWaiting {
            delivery_id,
            verdict,
            replayed_by,
            is_emptied,
        };
        Ok(rows.into_iter().map(from_row).collect())
    }
}

fn stored(row: &PgRow) -> Result<Kept, StoreError> {
    Ok(Kept {
        delivery_id: row.try_get("delivery_id")?,
        headers: row.try_get("headers")?,
        body: row.try_get("body")?,
    })
}

fn from_row(row: &PgRow, opened: Opened) -> Result<KeptDelivery, StoreError> {
    let verdict = Verdict::from_word(row.try_get("verdict")?)
        .filter(|verdict| KeptFilter::VERDICTS.contains(verdict))
        .ok_or_else(|| StoreError::corrupt("a kept delivery has an unexpected verdict"))?;
    let Json(events): Json<Vec<StoredEvent>> = row.try_get("events")?;
    Ok(KeptDelivery {
        delivery_id: row.try_get("delivery_id")?,
        received_at: row.try_get("received_at")?,
        provider: row.try_get("provider")?,
        account: row.try_get("account")?,
        verdict,
        reason: row.try_get("reason")?,
        key_id: row.try_get("key_id")?,
        client_address: row.try_get("peer")?,
        path_and_query: row.try_get("path_and_query")?,
        headers: match opened.locked {
            None => headers_from_text(&opened.headers),
            Some(_) => None,
        },
        body: opened.body,
        event_count: usize::try_from(row.try_get::<i32, _>("event_count")?).unwrap_or_default(),
        partly_read: events.into_iter().map(|stored| stored.event).collect(),
    })
}
