//! Records a group of deliveries: either all of it is committed, or nothing is.
//!
//! The fold determines the plan. One statement, `write_group.sql`, writes the whole plan and
//! numbers the events under the feed's lock. It compares and sets: it locks the stored rows that the
//! group affects, and writes only if the plan was made from all of these rows as they are now.
//! Otherwise it returns what is stored, and the group is planned again from that.
//!
//! The first plan takes all refunds for new. So new refunds take one round trip, for any number of
//! deliveries, and repeats take two. Repeats often come in series, so after a group with stored
//! refunds the next group is planned from a look-up: that costs less than a statement with all rows
//! that writes nothing.
//!
//! The statement is a transaction by itself, except in two cases:
//!
//! - Orders with running totals are locked before the statement, because a new refund of an order
//!   has no row yet that could be locked.
//! - Replays are claimed after the statement, and what they read otherwise is noted.

use std::sync::atomic::Ordering;

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::plan::{Applied, Observation, Plan};
use super::replays::{claim, supersede};
use super::stored::{Affected, Stored};
use super::write::{WriteResult, delivery_rows, write_group};
use crate::id::new_id;
use crate::store::{DeliveryRecord, Store, StoreError, StoreErrorKind};
use refund_providers::contract::Outcome;

/// How often a group is planned, and how often it is tried, without a pause if other groups
/// interfere.
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

    /// Returns whether the last group affected refunds or tokens that were stored already, so that
    /// the next one probably does.
    pub fn expects_repeats(&self) -> bool {
        self.expects_stored.load(Ordering::Relaxed)
    }

    async fn try_record(&self, group: &[&DeliveryRecord]) -> Result<Vec<Outcome>, StoreError> {
        let affected = Affected::of(group);
        let has_replays = group.iter().any(|record| record.replayed_from.is_some());
        let mut lease = self.lease().await?;
        let outcomes = if affected.has_orders() || has_replays {
            let mut transaction = lease.begin_with(affected.begin()).await?;
            let outcomes = self.write(&mut transaction, &affected, group).await?;
            transaction.commit().await?;
            outcomes
        } else {
            self.write(&mut lease, &affected, group).await?
        };
        lease.give_back();
        Ok(outcomes)
    }

    /// Plans the group and writes it, until the plan agrees with what is stored. Returns the
    /// outcomes.
    async fn write(
        &self,
        connection: &mut PgConnection,
        affected: &Affected<'_>,
        group: &[&DeliveryRecord],
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut stored = match self.expects_repeats() {
            true => affected.read(connection).await?,
            false => Stored::default(),
        };
        for _ in 0..ATTEMPTS {
            self.expects_stored.store(!stored.is_empty(), Ordering::Relaxed);
            let is_reused = affected.tokens.reused(group, &stored.tokens);
            let accepted = without_reused(group, &is_reused);
            let mut plan = Plan::new(stored.refunds);
            let (outcomes, event_ids) = apply_all(&mut plan, &accepted);
            let deliveries = delivery_rows(&accepted, &outcomes, &event_ids);
            match write_group(connection, affected, &stored.tokens, &deliveries, &plan).await? {
                WriteResult::Written => {
                    claim(connection, &accepted).await?;
                    supersede(connection, plan.superseded()).await?;
                    return Ok(with_refused(outcomes, &is_reused));
                }
                WriteResult::Outdated(known) => stored = known,
            }
        }
        Err(StoreError::contention("other groups keep changing one of these refunds"))
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
