//! Records a group of deliveries: either all of it is committed, or nothing is.
//!
//! The fold determines the plan. One statement, `write_group.sql`, writes the whole plan and
//! numbers the events under the feed's lock. There are two ways to run it:
//!
//! - If all refunds of the group are new, the statement alone is the transaction: one round trip,
//!   for any number of deliveries. If one of the refunds is stored already, the statement writes
//!   nothing.
//! - Otherwise a transaction first locks the affected rows, in the same order in all instances:
//!   single-use tokens, replays, orders, refunds. It reads them and runs the statement with a plan
//!   that includes them.
//!
//! After a group with stored refunds the next group starts in the second way, because repeats often
//! come in series.

use std::sync::atomic::Ordering;

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::plan::{Applied, Observation, Plan};
use super::replays::{claim, supersede};
use super::stored::{AffectedRefunds, LockMode};
use super::tokens::{claim_tokens, has_tokens};
use super::write::{WriteResult, write_group};
use crate::id::new_id;
use crate::store::{DeliveryRecord, Store, StoreError, StoreErrorKind};
use refund_providers::contract::Outcome;

/// How often a group is tried without a pause if another instance interferes.
const ATTEMPTS: usize = 5;

impl Store {
    /// Commits a group, completely or not at all. Returns the outcome of each delivery, in order.
    /// If a notification repeats within the group, the first is new and the others are duplicates.
    /// A delivery whose single-use token came before with another body is not stored: its outcome
    /// is [`Outcome::Refused`].
    ///
    /// After an error for which [`StoreErrorKind::outcome_unknown`] returns true, the group may be
    /// committed anyway. [`Store::read_back`] finds out.
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
        let has_replays = group.iter().any(|record| record.replayed_from.is_some());
        let needs_no_lock = affected.can_skip_locks() && !has_replays && !has_tokens(group);
        let mut lease = self.lease().await?;
        if needs_no_lock && !self.last_group_had_stored.load(Ordering::Relaxed) {
            let written = write(&mut lease, Plan::default(), group).await?;
            if let Some(outcomes) = written {
                lease.give_back();
                return Ok(outcomes);
            }
        }
        let mut transaction = lease.begin().await?;
        let is_reused = claim_tokens(&mut transaction, group).await?;
        let accepted = without_reused(group, &is_reused);
        claim(&mut transaction, &accepted).await?;
        let affected = AffectedRefunds::of(&accepted);
        let stored = affected.read(&mut transaction, LockMode::ForUpdate).await?;
        self.last_group_had_stored.store(!stored.is_empty(), Ordering::Relaxed);
        let outcomes = write(&mut transaction, Plan::new(stored), &accepted).await?;
        let outcomes = outcomes.ok_or_else(|| {
            StoreError::contention("another instance recorded one of these refunds first")
        })?;
        transaction.commit().await?;
        lease.give_back();
        Ok(with_refused(outcomes, &is_reused))
    }
}

/// Returns the deliveries of the group that may be recorded.
pub(super) fn without_reused<'r>(
    group: &[&'r DeliveryRecord],
    is_reused: &[bool],
) -> Vec<&'r DeliveryRecord> {
    let all = group.iter().zip(is_reused);
    all.filter(|(_, is_reused)| !**is_reused).map(|(record, _)| *record).collect()
}

/// Returns the outcomes of the whole group: those of the recorded deliveries, and `Refused` in the
/// places of the others.
pub(super) fn with_refused(recorded: Vec<Outcome>, is_reused: &[bool]) -> Vec<Outcome> {
    let mut recorded = recorded.into_iter();
    let next = |is_reused: &bool| {
        if *is_reused { Some(Outcome::Refused) } else { recorded.next() }
    };
    is_reused.iter().filter_map(next).collect()
}

/// Applies the group to the plan and writes it. Returns the outcomes. If the plan lacks a refund
/// that is stored, writes nothing and returns `None`.
async fn write<'a>(
    connection: &mut PgConnection,
    mut plan: Plan<'a>,
    group: &'a [&'a DeliveryRecord],
) -> Result<Option<Vec<Outcome>>, StoreError> {
    let (outcomes, event_ids) = apply_all(&mut plan, group);
    match write_group(connection, group, &outcomes, &event_ids, &mut plan).await? {
        WriteResult::Written => {}
        WriteResult::RefundStored => return Ok(None),
    }
    supersede(connection, plan.superseded()).await?;
    Ok(Some(outcomes))
}

/// Applies every delivery of the group to the plan. Returns the outcome and the event ids of each.
pub(super) fn apply_all<'a>(
    plan: &mut Plan<'a>,
    group: &'a [&'a DeliveryRecord],
) -> (Vec<Outcome>, Vec<Vec<Uuid>>) {
    group.iter().map(|record| apply(plan, record)).unzip()
}

/// Applies one delivery to the plan. Returns its outcome and the ids of its events.
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
            replayed_from: record.replayed_from.as_ref().map(|kept| kept.delivery_id),
            read_now: record.events(),
        })
        .map(|observation| plan.apply(observation, new_id))
        .collect();
    let is_new = applied.iter().any(|applied| applied.is_new);
    (record.outcome(is_new), applied.into_iter().map(|applied| applied.event_id).collect())
}
