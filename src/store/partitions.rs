//! The monthly partitions of deliveries.

use time::Date;

use super::{Store, StoreError};

/// How many months ahead there are partitions: enough that a service which nobody restarts and
/// whose daily upkeep fails for weeks still writes into the right one.
const MONTHS_AHEAD: i32 = 3;

impl Store {
    /// Makes the partitions of the month of `today` and the next ones; returns how many were new.
    pub async fn create_partitions(&self, today: Date) -> Result<i32, StoreError> {
        let made = sqlx::query_scalar("select refund_inbox.create_delivery_partitions($1, $2)")
            .bind(today)
            .bind(MONTHS_AHEAD)
            .fetch_one(&self.pool)
            .await?;
        Ok(made)
    }
}
