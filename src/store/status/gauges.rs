//! Reads what only gauges show.

use time::OffsetDateTime;

use crate::store::{Store, StoreError};

/// Open refunds of one account, status and age.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenRefunds {
    /// The account.
    pub account: String,
    /// The status: `unknown`, `pending` or `requires_action`.
    pub status: String,
    /// The age since we first received something about the refund, one of [`Self::AGES`].
    pub age: String,
    /// How many there are.
    pub count: i64,
}

impl OpenRefunds {
    /// The ages, in days. `open.sql` has the same words.
    pub const AGES: [&str; 5] = ["0-1d", "1-3d", "3-7d", "7-30d", "30d+"];
}

impl Store {
    /// Returns how many refunds are open at `now`. Groups without refunds are left out.
    pub async fn open_refunds(&self, now: OffsetDateTime) -> Result<Vec<OpenRefunds>, StoreError> {
        let mut lease = self.lease().await?;
        let open =
            sqlx::query_as(include_str!("open.sql")).bind(now).fetch_all(&mut *lease).await?;
        lease.give_back();
        Ok(open)
    }

    /// Returns how many bytes of the server's log each replication slot of this database holds.
    pub async fn replication_slot_lag(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let mut lease = self.lease().await?;
        let lag = sqlx::query_as(include_str!("slots.sql")).fetch_all(&mut *lease).await?;
        lease.give_back();
        Ok(lag)
    }

    /// Returns when the last delivery of each account that brought an event was received. Accounts
    /// without one are left out.
    pub async fn last_recorded(
        &self,
        accounts: &[String],
    ) -> Result<Vec<(String, OffsetDateTime)>, StoreError> {
        let mut lease = self.lease().await?;
        let newest = sqlx::query_as(include_str!("last_recorded.sql"))
            .bind(accounts)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        Ok(newest)
    }
}
