//! Empties the bodies and headers of deliveries that are older than they are kept.
//!
//! It goes through the deliveries once, in the order of their receipt, and notes how far it has come:
//! an index of those that are not emptied yet would cost every delivery an entry. A delivery that
//! waits is noted too, and emptied when it waits no longer.

use sqlx::Connection;
use time::OffsetDateTime;

use super::is_alone;
use crate::store::{Store, StoreError};

/// What one step has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Emptied {
    /// How many deliveries it emptied.
    pub emptied: i64,
    /// Whether there may be more to empty now.
    pub has_more: bool,
}

impl Store {
    /// Empties up to `limit` deliveries of each kind that were received before `before`: of the
    /// recorded ones, of the refused ones, and of those that waited and no longer do. Returns nothing
    /// done if another instance is at it.
    pub async fn empty_deliveries(
        &self,
        before: OffsetDateTime,
        now: OffsetDateTime,
        limit: i64,
    ) -> Result<Emptied, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        if !is_alone(&mut transaction).await? {
            transaction.rollback().await?;
            lease.give_back();
            return Ok(Emptied::default());
        }
        sqlx::query(include_str!("notice_replays.sql"))
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        let (read, next): (i64, i64) = sqlx::query_as(include_str!("empty_next.sql"))
            .bind(before)
            .bind(limit)
            .bind(now)
            .fetch_one(&mut *transaction)
            .await?;
        let (passed, kept): (i64, i64) = sqlx::query_as(include_str!("empty_kept.sql"))
            .bind(limit)
            .bind(now)
            .fetch_one(&mut *transaction)
            .await?;
        let refused: i64 = sqlx::query_scalar(include_str!("empty_refused.sql"))
            .bind(before)
            .bind(limit)
            .bind(now)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        lease.give_back();
        let has_more = [read, passed, refused].contains(&limit);
        Ok(Emptied { emptied: next + kept + refused, has_more })
    }
}
