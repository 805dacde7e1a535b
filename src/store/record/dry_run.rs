//! Predicts the outcomes of a group without writing anything.

use sqlx::{Connection, Executor};

use super::commit::{apply_all, with_refused, without_reused};
use super::delivery_record::DeliveryRecord;
use super::plan::Plan;
use super::stored::Affected;
use crate::store::{Store, StoreError};
use refund_providers::contract::Outcome;

impl Store {
    /// Returns what [`Store::record`] would return, by the same plan, in a transaction that cannot
    /// write and locks nothing. It cannot predict which content the database would refuse.
    pub async fn dry_run(&self, group: &[&DeliveryRecord]) -> Result<Vec<Outcome>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set transaction read only").await?;
        let affected = Affected::of(group);
        let stored = affected.read(&mut transaction).await?;
        transaction.rollback().await?;
        lease.give_back();
        let is_reused = affected.tokens.reused(group, &stored.tokens);
        let accepted = without_reused(group, &is_reused);
        let (outcomes, _) = apply_all(&mut Plan::new(stored.refunds), &accepted);
        Ok(with_refused(outcomes, &is_reused))
    }
}
