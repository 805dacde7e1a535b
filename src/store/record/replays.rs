//! Deliveries that are judged again: claimed, so that it happens once, or only foreseen.

use sqlx::{Connection, Executor, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use super::commit::tell_all;
use super::plan::Plan;
use super::stored::{AffectedRefunds, Reading};
use crate::store::{DeliveryRecord, Recorded, Store, StoreError};

/// The kept delivery that another one is, judged again.
#[derive(Clone, Debug)]
pub struct ReplayOf {
    /// Its number.
    pub delivery_id: Uuid,
    /// Why it is kept.
    pub reason: Option<String>,
    /// When it is judged again.
    pub at: OffsetDateTime,
}

/// Notes the replays of the group in its transaction. Each delivery can be replayed once: where
/// somebody else was first the whole group fails, as superseded.
pub(in crate::store) async fn claim(
    connection: &mut PgConnection,
    group: &[DeliveryRecord],
) -> Result<(), StoreError> {
    let replays: Vec<(&ReplayOf, Uuid)> = group
        .iter()
        .filter_map(|record| Some((record.replayed_from.as_ref()?, record.received.delivery_id)))
        .collect();
    if replays.is_empty() {
        return Ok(());
    }
    let claimed = sqlx::query(include_str!("claim_replays.sql"))
        .bind(replays.iter().map(|(kept, _)| kept.delivery_id).collect::<Vec<_>>())
        .bind(replays.iter().map(|(_, delivery_id)| *delivery_id).collect::<Vec<_>>())
        .bind(replays.iter().map(|(kept, _)| kept.at).collect::<Vec<_>>())
        .execute(connection)
        .await?
        .rows_affected();
    if usize::try_from(claimed).is_ok_and(|claimed| claimed == replays.len()) {
        return Ok(());
    }
    Err(StoreError::superseded("somebody else has replayed one of these deliveries"))
}

impl Store {
    /// What [`Store::record`] would come to, by the same plan, in a transaction that cannot write
    /// and locks nothing. What the database would refuse to hold is not foreseen.
    pub async fn dry_run(&self, group: &[DeliveryRecord]) -> Result<Vec<Recorded>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set transaction read only").await?;
        let refunds = AffectedRefunds::of(group).read(&mut transaction, Reading::Unlocked).await?;
        let (outcomes, _) = tell_all(&mut Plan::new(refunds), group);
        transaction.rollback().await?;
        lease.give_back();
        Ok(outcomes)
    }
}
