//! Recording a group of deliveries: either all of it is committed or nothing is.
//!
//! The fold makes the plan, and one statement writes it all and numbers the events under the feed's
//! lock (`sql/write_group.sql`). Where all refunds of the group are new, that statement is the
//! transaction: one round trip, whatever the number of deliveries. Where one is stored already it
//! writes nothing; then the rows affected are locked, in one order over all instances, and read
//! first. Groups that follow one of that kind begin so, for repeats seldom come alone.

use std::sync::atomic::Ordering;

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::plan::{Applied, Observation, Plan};
use super::replays::claim;
use super::stored::{AffectedRefunds, Reading};
use super::write::{IsWritten, write_group};
use crate::id::new_id;
use crate::store::{DeliveryRecord, Store, StoreError, StoreErrorKind};
use refund_providers::contract::Outcome;

/// How often a group is tried again at once when another instance was in its way.
const ATTEMPTS: usize = 5;

impl Store {
    /// Commits a group, whole or not at all; returns what became of each, in order. Repeats within
    /// the group are right: the first is new, the others are duplicates.
    ///
    /// After an error of the kinds [`StoreErrorKind::outcome_unknown`] names the group may be committed
    /// all the same; [`Store::read_back`] tells.
    pub async fn record(&self, group: &[&DeliveryRecord]) -> Result<Vec<Outcome>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_record(group).await {
                Err(error) if error.kind() == StoreErrorKind::Contention && attempt < ATTEMPTS => {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_record(&self, group: &[&DeliveryRecord]) -> Result<Vec<Outcome>, StoreError> {
        let affected = AffectedRefunds::of(group);
        let replays = group.iter().any(|record| record.replayed_from.is_some());
        let can_be_new = affected.can_be_new() && !replays;
        let mut lease = self.lease().await?;
        if can_be_new && !self.meets_stored.load(Ordering::Relaxed) {
            let written = write(&mut lease, Plan::default(), group).await?;
            if let Some(outcomes) = written {
                lease.give_back();
                return Ok(outcomes);
            }
        }
        let mut transaction = lease.begin().await?;
        claim(&mut transaction, group).await?;
        let stored = affected.read(&mut transaction, Reading::Locked).await?;
        self.meets_stored.store(!stored.is_empty(), Ordering::Relaxed);
        let outcomes = write(&mut transaction, Plan::new(stored), group).await?;
        let outcomes = outcomes.ok_or_else(|| {
            StoreError::contention("another instance recorded one of these refunds first")
        })?;
        transaction.commit().await?;
        lease.give_back();
        Ok(outcomes)
    }
}

/// Writes the group by this plan. Returns the outcomes, or `None`, having written nothing, if the plan
/// takes a stored refund for a new one.
async fn write<'a>(
    connection: &mut PgConnection,
    mut plan: Plan<'a>,
    group: &'a [&'a DeliveryRecord],
) -> Result<Option<Vec<Outcome>>, StoreError> {
    let (outcomes, event_ids) = apply_all(&mut plan, group);
    Ok(match write_group(connection, group, &outcomes, &event_ids, &mut plan).await? {
        IsWritten::Yes => Some(outcomes),
        IsWritten::No => None,
    })
}

/// Applies every delivery of the group to the plan. Returns the outcome and the event ids of each.
pub(super) fn apply_all<'a>(
    plan: &mut Plan<'a>,
    group: &'a [&'a DeliveryRecord],
) -> (Vec<Outcome>, Vec<Vec<Uuid>>) {
    group.iter().map(|record| apply(plan, record)).unzip()
}

fn apply<'a>(plan: &mut Plan<'a>, record: &'a DeliveryRecord) -> (Outcome, Vec<Uuid>) {
    let applied: Vec<Applied> = record
        .events()
        .iter()
        .map(|event| Observation {
            provider: record.received.provider,
            account: &record.received.account,
            delivery_id: record.received.delivery_id,
            received_at: record.received.received_at,
            event,
        })
        .map(|observation| plan.apply(observation, new_id))
        .collect();
    let is_new = applied.iter().any(|applied| applied.is_new);
    (record.outcome(is_new), applied.into_iter().map(|applied| applied.event_id).collect())
}
