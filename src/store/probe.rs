//! Whether the server answers, asked at the start, and whether a commit goes through, asked by
//! readiness.

use super::{Store, StoreError};

impl Store {
    /// Whether the server answers at all, schema or not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        sqlx::query("select 1").execute(&mut *lease).await?;
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
