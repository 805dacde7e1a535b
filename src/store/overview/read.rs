//! Counts refunds and deliveries by time, and finds when keys were used last.

use sqlx::{Connection, Executor};
use time::OffsetDateTime;

use crate::store::{Store, StoreError};

/// The most deliveries, and the most refused ones, that a chart counts: the newest ones.
pub const MOST_DRAWN: i64 = 20_000;

/// The newest deliveries of an account in which its keys are searched.
const MOST_SEARCHED: i64 = 1000;

/// Begins the transaction of a count. It may read many rows of an index.
const BEGIN: &str = "set transaction read only; set local plan_cache_mode = force_custom_plan; \
     set local enable_bitmapscan = on; set local enable_hashagg = on";

/// How many rows there are of one word in one span of time.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// The span, counted from 0.
    pub place: i32,
    /// The status or the verdict.
    pub word: String,
    /// How many there are.
    pub count: i64,
}

impl Store {
    /// Counts the refunds by status and by the time of their first receipt. `begins` has the
    /// beginnings of the spans of time, in order, and `end` is that of the last one.
    pub async fn refunds_over_time(
        &self,
        begins: &[OffsetDateTime],
        end: OffsetDateTime,
        account: Option<&str>,
    ) -> Result<Vec<Counted>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute(BEGIN).await?;
        let counted = sqlx::query_as(include_str!("refunds.sql"))
            .persistent(false)
            .bind(begins)
            .bind(end)
            .bind(account)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(counted)
    }

    /// Counts the newest deliveries by verdict and by the time of their receipt, at most
    /// [`MOST_DRAWN`] refused ones and as many others.
    pub async fn deliveries_over_time(
        &self,
        begins: &[OffsetDateTime],
        end: OffsetDateTime,
    ) -> Result<Vec<Counted>, StoreError> {
        let mut lease = self.lease().await?;
        let counted = sqlx::query_as(include_str!("deliveries.sql"))
            .bind(begins)
            .bind(end)
            .bind(MOST_DRAWN)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        Ok(counted)
    }

    /// Returns when each key of an account verified last, among its newest 1,000 deliveries.
    pub async fn last_uses_of_keys(
        &self,
        account: &str,
    ) -> Result<Vec<(String, OffsetDateTime)>, StoreError> {
        let mut lease = self.lease().await?;
        let uses = sqlx::query_as(include_str!("keys.sql"))
            .bind(account)
            .bind(MOST_SEARCHED)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        Ok(uses)
    }
}
