//! Reading the deliveries that wait for repair: refused ones out of the quarantine, and authentic ones that
//! could not be read. In pages, so that any number of them fits into memory.

use http::HeaderMap;
use sqlx::Row;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::record::headers_from_text;
use crate::store::{Store, StoreError};
use refund_providers::contract::{Delivery, Verdict};

/// The most deliveries that are read at once.
const PAGE_DELIVERIES: i64 = 64;

/// The bytes of bodies after which a page ends.
const PAGE_BYTES: i64 = 8 * 1024 * 1024;

/// Which of the deliveries that wait for repair. What is absent does not restrict.
#[derive(Clone, Debug, Default)]
pub struct KeptFilter {
    /// With these numbers.
    pub delivery_ids: Option<Vec<Uuid>>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// Of this account.
    pub account: Option<String>,
    /// With this reason, or with one that begins with it and a colon.
    pub reason: Option<String>,
    /// Received at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Received before this time.
    pub until: Option<OffsetDateTime>,
}

impl KeptFilter {
    /// The verdicts with which a delivery waits for repair.
    pub const VERDICTS: [Verdict; 2] = [Verdict::Refused, Verdict::Unreadable];
}

/// A delivery that waits for repair, with all that was kept of it.
#[derive(Clone, Debug)]
pub struct KeptDelivery {
    /// Its number.
    pub delivery_id: Uuid,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The provider of its route.
    pub provider: String,
    /// The account of its route.
    pub account: String,
    /// Why it waits.
    pub verdict: Verdict,
    /// Why that.
    pub reason: Option<String>,
    /// The key that verified it then.
    pub key_id: Option<String>,
    /// Where it came from.
    pub client_address: Option<String>,
    /// The path and query that were called.
    pub path_and_query: String,
    /// Its headers; none where they do not read as what we wrote.
    pub headers: Option<HeaderMap>,
    /// Its body.
    pub body: Vec<u8>,
}

/// A delivery that does not wait for repair, or not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotWaiting {
    /// Its number.
    pub delivery_id: Uuid,
    /// Its verdict.
    pub verdict: String,
    /// The delivery that it became when it was judged again.
    pub replayed_by: Option<Uuid>,
}

impl KeptDelivery {
    /// The request as it arrived, at the time at which it did; none where it is damaged.
    pub fn delivery(&self) -> Option<Delivery<'_>> {
        Some(Delivery {
            path_and_query: &self.path_and_query,
            headers: self.headers.as_ref()?,
            body: &self.body,
            received_at: self.received_at,
        })
    }
}

impl Store {
    /// The next page of what waits for repair, in order of receipt: what comes after the delivery
    /// `after`. Empty at the end.
    pub async fn kept(
        &self,
        filter: &KeptFilter,
        after: Uuid,
        at_most: i64,
    ) -> Result<Vec<KeptDelivery>, StoreError> {
        let mut lease = self.lease().await?;
        let rows = sqlx::query(include_str!("read_kept.sql"))
            .bind(&filter.delivery_ids)
            .bind(filter.verdict.map(Verdict::as_str))
            .bind(&filter.account)
            .bind(&filter.reason)
            .bind(filter.since)
            .bind(filter.until)
            .bind(after)
            .bind(at_most.min(PAGE_DELIVERIES))
            .bind(PAGE_BYTES)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        rows.iter().map(kept).collect()
    }

    /// Those of these deliveries that are known.
    pub async fn not_waiting(&self, delivery_ids: &[Uuid]) -> Result<Vec<NotWaiting>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<(Uuid, String, Option<Uuid>)> =
            sqlx::query_as(include_str!("find_not_waiting.sql"))
                .bind(delivery_ids)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        let known =
            |(delivery_id, verdict, replayed_by)| NotWaiting { delivery_id, verdict, replayed_by };
        Ok(rows.into_iter().map(known).collect())
    }
}

fn kept(row: &PgRow) -> Result<KeptDelivery, StoreError> {
    let verdict = Verdict::from_word(row.try_get("verdict")?)
        .filter(|verdict| KeptFilter::VERDICTS.contains(verdict))
        .ok_or_else(|| StoreError::corrupt("a kept delivery has a verdict that is none"))?;
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
        headers: headers_from_text(row.try_get("headers")?),
        body: row.try_get("body")?,
    })
}
