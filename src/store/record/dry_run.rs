//! Predicts the outcomes of a group without writing anything.

use sqlx::{Connection, Executor};

use super::commit::{apply_all, with_refused, without_reused};
use super::delivery_record::DeliveryRecord;
use super::plan::Plan;
use super::stored::{AffectedRefunds, LockMode};
use super::tokens::foresee_tokens;
use crate::store::{Store, StoreError};
use refund_providers::contract::Outcome;

impl Store {
    /// Returns what [`Store::record`] would return, by the same plan, in a transaction that cannot
    /// write and locks nothing. It cannot predict which content the database would refuse.
    pub async fn dry_run(&self, group: &[&DeliveryRecord]) -> Result<Vec<Outcome>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set transaction read only").await?;
        let is_reused = foresee_tokens(&mut transaction, group).await?;
        let accepted = without_reused(group, &is_reused);
        let affected = AffectedRefunds::of(&accepted);
        let refunds = affected.read(&mut transaction, LockMode::NoLock).await?;
        let (outcomes, _) = apply_all(&mut Plan::new(refunds), &accepted);
        transaction.rollback().await?;
        lease.give_back();
        Ok(with_refused(outcomes, &is_reused))
    }
}
