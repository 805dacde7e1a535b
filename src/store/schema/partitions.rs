//! Creates the monthly partitions of deliveries.

use sqlx::{Connection, Executor};
use time::Date;

use crate::store::{Store, StoreError};

/// For how many months ahead partitions exist. A service that is not restarted, and whose
/// maintenance fails for weeks, still writes into the right partition.
pub(super) const MONTHS_AHEAD: i32 = 3;

impl Store {
    /// Creates the partitions of the month of `today` and of the next months. Returns how many are
    /// new. It fails rather than make readers wait for long; maintenance tries again later.
    pub async fn create_partitions(&self, today: Date) -> Result<i32, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set local lock_timeout = '1s'").await?;
        // One instance at a time, because two could deadlock.
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
