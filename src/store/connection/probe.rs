//! Whether the server answers and takes writes, asked at the start, and whether a commit goes
//! through, asked by readiness.

use sqlx::Executor;

use crate::store::{Store, StoreError};

impl Store {
    /// Whether the server answers at all, schema or not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        // As plain text: behind a pooler another client's prepared statement may have the name.
        lease.execute("select 1").await?;
        lease.give_back();
        Ok(())
    }

    /// Whether the server takes writes: a standby, or a primary after failover, does not yet.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        let is_read_only: bool =
            sqlx::query_scalar("select current_setting('transaction_read_only')::boolean")
                .fetch_one(&mut *lease)
                .await?;
        if is_read_only {
            // The session may stay so when the server does not: the next one is asked.
            return Err(StoreError::read_only("the server takes no writes"));
        }
        lease.give_back();
        Ok(())
    }

    /// Commits a row that means nothing. A server that answers queries but takes no commits (a
    /// standby, a full disk) fails here, as recording would.
    pub async fn probe_commit(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        sqlx::query("update refund_inbox.commit_probe set probed_at = now()")
            .execute(&mut *lease)
            .await?;
        lease.give_back();
        Ok(())
    }
}
