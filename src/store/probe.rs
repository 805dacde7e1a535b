//! Whether the server answers, asked at the start, and whether a commit goes through, asked by
//! readiness.

use super::{Store, StoreError};

impl Store {
    /// Whether the server answers at all, schema or not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Commits a row that means nothing. A server that answers queries but takes no commits (a
    /// standby, a full disk) fails here, as recording would.
    pub async fn probe_commit(&self) -> Result<(), StoreError> {
        sqlx::query("update refund_inbox.commit_probe set probed_at = now()")
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
