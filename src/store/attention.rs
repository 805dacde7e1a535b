//! Attention is a state: a refund needs it until a person has looked, and again when a newer event
//! arrives. The fold decides whether a refund needs attention; this module notes that a person has
//! looked.

use sqlx::Connection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::audit::{Action, Deed, note};
use super::list::{Condition, ListQuery, Listed, Page};
use super::{Store, StoreError};
use crate::id::new_id;

/// The most deliveries of one statement.
const PAGE: u32 = 1000;

/// That a person has looked at a refund.
#[derive(Clone, Debug)]
pub struct Resolution<'a> {
    /// The refund.
    pub refund_id: Uuid,
    /// Who has looked.
    pub who: &'a str,
    /// Through which interface.
    pub via: &'a str,
    /// Why all is well, or what was done.
    pub note: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

/// That a person has looked at deliveries.
#[derive(Clone, Debug)]
pub struct Dismissal<'a> {
    /// Which deliveries, in words.
    pub subject: &'a str,
    /// Who has looked.
    pub who: &'a str,
    /// Through which interface.
    pub via: &'a str,
    /// Why they need no repair.
    pub note: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

impl Store {
    /// Notes that a person has looked at a refund: it needs no attention until it has a newer event.
    /// Returns false if there is no refund with this id.
    pub async fn resolve_refund(&self, resolution: &Resolution<'_>) -> Result<bool, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        // The lock orders the resolution and new events: an event that comes later is newer.
        let last_seq: Option<i64> = sqlx::query_scalar(
            "select last_seq from refund_inbox.refunds where refund_id = $1 for update",
        )
        .bind(resolution.refund_id)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(last_seq) = last_seq else { return Ok(false) };
        sqlx::query(
            "insert into refund_inbox.resolutions
                 (resolution_id, refund_id, seq, resolved_at, who, via, note)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new_id(resolution.at))
        .bind(resolution.refund_id)
        .bind(last_seq)
        .bind(resolution.at)
        .bind(resolution.who)
        .bind(resolution.via)
        .bind(resolution.note)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("update refund_inbox.refunds set resolved_seq = $2 where refund_id = $1")
            .bind(resolution.refund_id)
            .bind(last_seq)
            .execute(&mut *transaction)
            .await?;
        let done = Deed {
            at: resolution.at,
            who: resolution.who,
            via: resolution.via,
            action: Action::Resolve,
            subject: &format!("refund {}", resolution.refund_id),
            detail: resolution.note,
        };
        note(&mut transaction, &done).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(true)
    }

    /// Notes that a person has looked at all deliveries that wait and for which these conditions hold.
    /// Returns how many there were.
    pub async fn dismiss_matching(
        &self,
        mut conditions: Vec<Condition>,
        dismissal: &Dismissal<'_>,
    ) -> Result<u64, StoreError> {
        conditions.push(Condition::Waiting);
        let query = ListQuery { conditions, ..ListQuery::newest(Listed::Deliveries, PAGE) };
        let mut dismissed = 0;
        loop {
            // What was dismissed no longer waits, so each page is the first one.
            let Page { rows, .. } = self.list(&query).await?;
            if rows.is_empty() {
                return Ok(dismissed);
            }
            let ids = rows.iter().map(|row| row.text("delivery_id").parse());
            let ids: Vec<Uuid> =
                ids.collect::<Result<_, _>>().map_err(|_| StoreError::without_an_id())?;
            dismissed += self.dismiss_deliveries(&ids, dismissal).await?;
        }
    }

    /// Notes that a person has looked at deliveries: they no longer wait. Returns how many of them
    /// were not dismissed before.
    pub async fn dismiss_deliveries(
        &self,
        deliveries: &[Uuid],
        dismissal: &Dismissal<'_>,
    ) -> Result<u64, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let dismissed = sqlx::query(
            "insert into refund_inbox.dismissals (delivery_id, dismissed_at, who, via, note)
             select unnest($1::uuid[]), $2, $3, $4, $5
             on conflict do nothing",
        )
        .bind(deliveries)
        .bind(dismissal.at)
        .bind(dismissal.who)
        .bind(dismissal.via)
        .bind(dismissal.note)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        let done = Deed {
            at: dismissal.at,
            who: dismissal.who,
            via: dismissal.via,
            action: Action::Dismiss,
            subject: dismissal.subject,
            detail: dismissal.note,
        };
        note(&mut transaction, &done).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(dismissed)
    }
}
