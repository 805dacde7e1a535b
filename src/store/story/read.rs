//! Reads the story.

use sqlx::PgConnection;
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

/// The most deliveries of a story, beside refused ones.
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
    /// Returns the story of each of these refunds, in their order. What has an index is read once for
    /// all of them.
    pub async fn stories(&self, refunds: &[Row]) -> Result<Vec<Story>, StoreError> {
        let ids = refunds.iter().map(|refund| id(refund, "refund_id"));
        let ids: Vec<Uuid> = ids.collect::<Result<_, StoreError>>()?;
        let mut lease = self.lease().await?;
        let events: Vec<Json<_>> = sqlx::query_scalar(include_str!("events.sql"))
            .bind(&ids)
            .fetch_all(&mut *lease)
            .await?;
        let mut events: Vec<Row> = events.into_iter().map(|Json(event)| Row(event)).collect();
        // Sorted by the server, they would be read in the order of all events.
        events.sort_by_key(|event| event.integer("seq"));
        let resolutions: Vec<(Uuid, OffsetDateTime, String, String)> = sqlx::query_as(
            "select refund_id, resolved_at, who, note from refund_inbox.resolutions
             where refund_id = any($1) order by resolved_at",
        )
        .bind(&ids)
        .fetch_all(&mut *lease)
        .await?;
        let mut refused = Vec::new();
        for refund in refunds {
            refused.push(self.refused_with_number(&mut lease, refund).await?);
        }
        lease.give_back();
        let deliveries = self.deliveries_of(&ids).await?;
        let mut stories = Vec::new();
        for (refund_id, refused) in ids.into_iter().zip(refused) {
            let of_refund = refund_id.to_string();
            let events: Vec<Row> = events
                .iter()
                .filter(|event| event.text("refund_id") == of_refund)
                .cloned()
                .collect();
            let deliveries = deliveries.iter().filter(|delivery| is_of(delivery, &events)).cloned();
            let deliveries = self.with_others(deliveries.collect(), refused).await?;
            let resolutions = resolutions.iter().filter(|(of, ..)| *of == refund_id);
            let resolution = |(_, at, who, note): &(_, OffsetDateTime, String, String)| Resolved {
                at: *at,
                who: who.clone(),
                note: note.clone(),
            };
            let resolutions = resolutions.map(resolution).collect();
            stories.push((refund_id, Story { events, deliveries, resolutions, notes: Vec::new() }));
        }
        self.add_notes(&mut stories).await?;
        Ok(stories.into_iter().map(|(_, story)| story).collect())
    }

    /// Returns the story of a refund.
    pub async fn story(&self, refund: &Row) -> Result<Story, StoreError> {
        let stories = self.stories(std::slice::from_ref(refund)).await?;
        stories.into_iter().next().ok_or_else(StoreError::without_an_id)
    }

    /// Returns the newest deliveries that contained events of these refunds.
    async fn deliveries_of(&self, refunds: &[Uuid]) -> Result<Vec<Row>, StoreError> {
        let query = |refunds: &[Uuid]| ListQuery {
            conditions: vec![Condition::Refunds(refunds.to_vec())],
            ..ListQuery::newest(Listed::Deliveries, MOST_DELIVERIES)
        };
        let Page { rows, next } = self.list(&query(refunds)).await?;
        if next.is_none() || refunds.len() < 2 {
            return Ok(rows);
        }
        // Those of one refund would leave none for another.
        let mut all = Vec::new();
        for refund in refunds {
            all.extend(self.list(&query(std::slice::from_ref(refund))).await?.rows);
        }
        Ok(all)
    }

    /// Returns the refused deliveries whose body has the merchant's number of the refund.
    async fn refused_with_number(
        &self,
        connection: &mut PgConnection,
        refund: &Row,
    ) -> Result<Vec<Uuid>, StoreError> {
        let (account, number) = (refund.text("account"), refund.text("merchant_refund_id"));
        if number.len() < SHORTEST_NUMBER {
            return Ok(Vec::new());
        }
        let mut refused: Vec<Uuid> = sqlx::query_scalar(include_str!("refused.sql"))
            .bind(account)
            .bind(number)
            .fetch_all(&mut *connection)
            .await?;
        refused.extend(sealed_with(connection, &self.keys, account, &[number]).await?);
        Ok(refused)
    }

    /// Returns the deliveries, these others, and those that were replayed into them, in the order of
    /// their receipt.
    async fn with_others(
        &self,
        mut deliveries: Vec<Row>,
        mut others: Vec<Uuid>,
    ) -> Result<Vec<Row>, StoreError> {
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
        Ok(deliveries)
    }

    /// Adds what people noted about the refunds and their deliveries.
    async fn add_notes(&self, stories: &mut [(Uuid, Story)]) -> Result<(), StoreError> {
        let subjects = |refund_id: &Uuid, story: &Story| {
            let ids =
                story.deliveries.iter().filter_map(|row| row.text("delivery_id").parse().ok());
            std::iter::once(Noted::Refund(*refund_id))
                .chain(ids.map(Noted::Delivery))
                .collect::<Vec<_>>()
        };
        let all: Vec<Noted> = stories.iter().flat_map(|(id, story)| subjects(id, story)).collect();
        let mut lease = self.lease().await?;
        let noted = notes(&mut lease, &all).await?;
        lease.give_back();
        for (refund_id, story) in stories {
            let about = subjects(refund_id, story);
            story.notes =
                noted.iter().filter(|note| about.contains(&note.about)).cloned().collect();
        }
        Ok(())
    }
}

/// Returns whether a delivery contained one of the events of a refund.
fn is_of(delivery: &Row, events: &[Row]) -> bool {
    let contained = delivery.texts("event_ids");
    events.iter().any(|event| {
        contained.contains(&event.text("event_id"))
            || (event.text("source") == "notification"
                && event.text("delivery_id") == delivery.text("delivery_id"))
    })
}

fn id(row: &Row, column: &str) -> Result<Uuid, StoreError> {
    row.text(column).parse().map_err(|_| StoreError::without_an_id())
}
