//! Looks accounts up.

use std::collections::BTreeSet;

use crate::store::{Store, StoreError};

impl Store {
    /// Returns those of these accounts that have a refund.
    pub async fn accounts_with_refunds(
        &self,
        accounts: &[String],
    ) -> Result<BTreeSet<String>, StoreError> {
        if accounts.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut lease = self.lease().await?;
        let found: Vec<String> = sqlx::query_scalar(
            "select account from unnest($1::text[]) as account
             where exists (
                 select from refund_inbox.refunds as refund where refund.account = account.account
             )",
        )
        .bind(accounts)
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        Ok(found.into_iter().collect())
    }
}
