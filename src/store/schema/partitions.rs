//! The monthly partitions of deliveries.

use sqlx::{Connection, Executor};
use time::Date;

use crate::store::{Store, StoreError};

/// How many months ahead there are partitions: enough that a service which nobody restarts and
/// whose daily upkeep fails for weeks still writes into the right one.
const MONTHS_AHEAD: i32 = 3;

impl Store {
    /// Makes the partitions of the month of `today` and the next ones; returns how many were new.
    /// It would rather fail, and be tried again, than make readers wait for long.
    pub async fn create_partitions(&self, today: Date) -> Result<i32, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set local lock_timeout = '1s'").await?;
        // One instance at a time: two would wait for each other in a circle.
        transaction.execute("select pg_advisory_xact_lock(7301946318027153)").await?;
        let made = sqlx::query_scalar("select refund_inbox.create_delivery_partitions($1, $2)")
            .bind(today)
            .bind(MONTHS_AHEAD)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(made)
    }
}
