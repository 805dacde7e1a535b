//! Probes: at the start, whether the server answers and takes writes; for readiness, whether it
//! commits.

use sqlx::Executor;

use crate::store::{Store, StoreError};

/// Rewrites the one row of a table that nothing else uses. Its commit waits for all commits before
/// it, on disk and, if the server waits for one, on the synchronous standby.
pub(in crate::store) const PROBE: &str =
    "update refund_inbox.commit_probe set probed_at = now() where only_row";

impl Store {
    /// Checks that the server answers, even without our schema.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        // Plain text, because behind a pooler another client's prepared statement may have the same
        // name as ours.
        lease.execute("select 1").await?;
        lease.give_back();
        Ok(())
    }

    /// Returns why no server can be used: the host, the port and the error of each. `None` if one
    /// can be used now.
    pub async fn why_unreachable(&self) -> Option<StoreError> {
        self.servers.why_unreachable().await
    }

    /// Checks that the server takes writes. A standby does not, nor does a server in the middle of
    /// a failover.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        let is_read_only: bool =
            sqlx::query_scalar("select current_setting('transaction_read_only')::boolean")
                .fetch_one(&mut *lease)
                .await?;
        if is_read_only {
            // The session may stay read-only after the server has become writable, so we drop it.
            return Err(StoreError::read_only("the server takes no writes"));
        }
        lease.give_back();
        Ok(())
    }

    /// Commits a row without meaning. A server that answers queries but cannot commit (a standby,
    /// or one with a full disk) fails here, as it would fail to record.
    pub async fn probe_commit(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        sqlx::query(PROBE).execute(&mut *lease).await?;
        lease.give_back();
        Ok(())
    }
}
