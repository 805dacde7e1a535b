//! Reads the story.

use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::at_rest::sealed_with;
use crate::store::list::{Condition, ListQuery, Listed, Page, Row};
use crate::store::notes::notes;
use crate::store::{Note, Noted, Store, StoreError};

/// The fewest bytes of a number by which refused deliveries are searched. Shorter ones are in too
/// many bodies.
const SHORTEST_NUMBER: usize = 6;

/// The most deliveries of a story.
const MOST_DELIVERIES: u32 = 1000;

/// Everything that is known about a refund.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its events, in the order of their `seq`.
    pub events: Vec<Row>,
    /// Its deliveries: those with its events, the kept ones that were replayed into them, and refused
    /// ones whose body has the merchant's number of the refund. The oldest first.
    pub deliveries: Vec<Row>,
    /// That people have looked.
    pub resolutions: Vec<Resolved>,
    /// What people noted about the refund and these deliveries.
    pub notes: Vec<Note>,
}

/// That a person has looked at a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub who: String,
    /// Why all is well, or what was done.
    pub note: String,
}

impl Store {
    /// Returns the story of a refund.
    pub async fn story(&self, refund: &Row) -> Result<Story, StoreError> {
        let refund_id: Uuid =
            refund.text("refund_id").parse().map_err(|_| StoreError::without_an_id())?;
        let mut lease = self.lease().await?;
        let events: Vec<Json<_>> = sqlx::query_scalar(include_str!("events.sql"))
            .bind(refund_id)
            .fetch_all(&mut *lease)
            .await?;
        let resolutions: Vec<(OffsetDateTime, String, String)> = sqlx::query_as(
            "select resolved_at, who, note from refund_inbox.resolutions
             where refund_id = $1 order by resolved_at",
        )
        .bind(refund_id)
        .fetch_all(&mut *lease)
        .await?;
        let number = refund.text("merchant_refund_id");
        let mut others: Vec<Uuid> = Vec::new();
        if number.len() >= SHORTEST_NUMBER {
            others = sqlx::query_scalar(include_str!("refused.sql"))
                .bind(refund.text("account"))
                .bind(number)
                .fetch_all(&mut *lease)
                .await?;
            let account = refund.text("account");
            others.extend(sealed_with(&mut lease, &self.keys, account, &[number]).await?);
        }
        lease.give_back();
        let query = ListQuery {
            conditions: vec![Condition::Refunds(vec![refund_id])],
            ..ListQuery::newest(Listed::Deliveries, MOST_DELIVERIES)
        };
        let Page { rows: mut deliveries, .. } = self.list(&query).await?;
        let replayed = deliveries.iter().filter_map(|row| row.text("replayed_from").parse().ok());
        others.extend(replayed.collect::<Vec<Uuid>>());
        others.sort_unstable();
        others.dedup();
        for id in others {
            if let Some(detail) = self.delivery(id).await? {
                deliveries.push(detail.summary);
            }
        }
        let key =
            |row: &Row| (row.text("received_at").to_owned(), row.text("delivery_id").to_owned());
        deliveries.sort_by_key(key);
        deliveries.dedup_by_key(|row| row.text("delivery_id").to_owned());
        let ids = deliveries.iter().filter_map(|row| row.text("delivery_id").parse().ok());
        let about = std::iter::once(Noted::Refund(refund_id)).chain(ids.map(Noted::Delivery));
        let mut lease = self.lease().await?;
        let notes = notes(&mut lease, &about.collect::<Vec<_>>()).await?;
        lease.give_back();
        let resolution = |(at, who, note)| Resolved { at, who, note };
        Ok(Story {
            events: events.into_iter().map(|Json(event)| Row(event)).collect(),
            deliveries,
            resolutions: resolutions.into_iter().map(resolution).collect(),
            notes,
        })
    }
}
