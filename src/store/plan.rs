//! What a group of deliveries writes, worked out before anything is written. Pure: the rows that
//! are there come in, the rows to be written go out, and the fold is the only rule.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::rows::{EventRecord, RefundRecord};
use crate::refund::running_total::derive_amounts;
use crate::refund::{Effect, EventDigest, RefundEvent, RefundState, fold};

/// Which refund, over all accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub account: String,
    pub refund_key: String,
}

/// A refund as it is being worked on.
#[derive(Clone, Debug)]
pub(super) struct Working {
    pub refund_id: Uuid,
    /// Whether the database has a row of it already.
    pub is_stored: bool,
    pub events: Vec<(Uuid, EventDigest, RefundEvent)>,
    /// The place of its newest event among the new ones of the group, from 1.
    pub newest_event: Option<i32>,
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    /// The amount that the database has; differs from the derived one when a sibling turned up.
    pub stored_amount: Option<i64>,
    /// Whether a delivery of this group told of it.
    pub is_told: bool,
    /// The newest delivery that was counted.
    pub counted: Option<Uuid>,
    pub provider: String,
}

/// All that a group writes besides its deliveries.
#[derive(Debug, Default)]
pub(super) struct Plan {
    refunds: BTreeMap<Identity, Working>,
    new_events: Vec<EventRecord>,
}

/// One delivery's telling of one event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub provider: &'a str,
    pub account: &'a str,
    pub delivery_id: Uuid,
    pub received_at: OffsetDateTime,
    pub event: &'a RefundEvent,
}

/// What a telling came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub event_id: Uuid,
    pub is_new: bool,
}

impl Plan {
    /// Begins with the refunds that the database holds of those that the group is about.
    pub(super) fn new(stored: BTreeMap<Identity, Working>) -> Self {
        Self { refunds: stored, new_events: Vec::new() }
    }

    /// Takes in one telling. `new_id` makes the numbers of what is new.
    pub(super) fn tell(
        &mut self,
        telling: Telling<'_>,
        new_id: impl Fn(OffsetDateTime) -> Uuid,
    ) -> Told {
        let Telling { received_at, event, .. } = telling;
        let identity = Identity {
            account: telling.account.to_owned(),
            refund_key: event.key.as_str().to_owned(),
        };
        let refund = self.refunds.entry(identity).or_insert_with(|| Working {
            refund_id: new_id(received_at),
            is_stored: false,
            events: Vec::new(),
            newest_event: None,
            first_received_at: received_at,
            last_received_at: received_at,
            updated_at: received_at,
            delivery_count: 0,
            stored_amount: None,
            is_told: false,
            counted: None,
            provider: telling.provider.to_owned(),
        });
        if refund.counted.replace(telling.delivery_id) != Some(telling.delivery_id) {
            refund.delivery_count = refund.delivery_count.saturating_add(1);
        }
        refund.is_told = true;
        refund.first_received_at = refund.first_received_at.min(received_at);
        refund.last_received_at = refund.last_received_at.max(received_at);

        let digest = event.digest();
        if let Some((event_id, ..)) = refund.events.iter().find(|(_, known, _)| *known == digest) {
            return Told { event_id: *event_id, is_new: false };
        }
        let before = refund.state();
        let event_id = new_id(received_at);
        refund.events.push((event_id, digest, event.clone()));
        let effect = match refund.state() {
            Some(after) => Effect::between(before.as_ref(), &after),
            None => Effect::None,
        };
        match effect {
            Effect::Changed | Effect::Enriched => {
                refund.updated_at = refund.updated_at.max(received_at);
            }
            Effect::None => {}
        }
        self.new_events.push(EventRecord {
            event_id,
            refund_id: refund.refund_id,
            digest,
            delivery_id: telling.delivery_id,
            provider: telling.provider.to_owned(),
            account: telling.account.to_owned(),
            effect,
            received_at,
            event: event.clone(),
        });
        refund.newest_event = i32::try_from(self.new_events.len()).ok();
        Told { event_id, is_new: true }
    }

    /// The rows of refunds that are new, and of those that the database has and that changed; in
    /// one order over all groups.
    pub(super) fn refund_records(&self) -> Vec<RefundRecord> {
        let mut states: BTreeMap<&Identity, RefundState> = self
            .refunds
            .iter()
            .filter_map(|(identity, refund)| Some((identity, refund.state()?)))
            .collect();
        derive_within_orders(&mut states);
        // A sibling whose amount another one changes is as new as what changed it.
        let newest = self.new_events.iter().map(|event| event.received_at).max();
        let mut records = Vec::with_capacity(states.len());
        for (identity, state) in states {
            let Some(refund) = self.refunds.get(identity) else { continue };
            let is_moved = refund.is_stored && refund.stored_amount != state.facts.amount_minor;
            if !refund.is_told && !is_moved {
                continue;
            }
            let moved_at = newest.filter(|_| is_moved).unwrap_or(refund.updated_at);
            records.push(RefundRecord {
                is_stored: refund.is_stored,
                newest_event: refund.newest_event,
                refund_id: refund.refund_id,
                provider: refund.provider.clone(),
                account: identity.account.clone(),
                refund_key: identity.refund_key.clone(),
                state,
                first_received_at: refund.first_received_at,
                last_received_at: refund.last_received_at,
                updated_at: refund.updated_at.max(moved_at),
                delivery_count: refund.delivery_count,
                event_count: i32::try_from(refund.events.len()).unwrap_or(i32::MAX),
            });
        }
        records
    }

    /// The rows of events that are new.
    pub(super) fn event_records(&self) -> &[EventRecord] {
        &self.new_events
    }
}

/// Where amounts are told as running totals, all refunds of the order are here, for they were
/// locked together.
fn derive_within_orders(states: &mut BTreeMap<&Identity, RefundState>) {
    let mut orders: BTreeMap<(String, String), Vec<&mut RefundState>> = BTreeMap::new();
    for (identity, state) in states {
        if let Some(order) = &state.cumulative_within {
            orders.entry((identity.account.clone(), order.clone())).or_default().push(state);
        }
    }
    for refunds in orders.values_mut() {
        derive_amounts(refunds);
    }
}

impl Working {
    fn state(&self) -> Option<RefundState> {
        fold(self.events.iter().map(|(_, _, event)| event))
    }
}
