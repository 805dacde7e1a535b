//! The plan of a group: determines which rows a group of deliveries writes, before anything is
//! written.
//!
//! It is a pure function. Stored refunds and the group's observations go in, the rows to write come
//! out, and the fold is the only rule.

use std::borrow::Cow;
use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::rows::{EventRow, RefundRecord};
use refund_providers::refund::running_total::derive_amounts;
use refund_providers::refund::{Effect, EventDigest, RefundEvent, RefundState, fold};

/// Identifies a refund among all accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Identity {
    pub account: String,
    pub refund_key: String,
}

/// An event of a refund, stored or new.
#[derive(Clone, Debug)]
pub(in crate::store) struct KnownEvent<'a> {
    pub event_id: Uuid,
    pub digest: EventDigest,
    pub event: Cow<'a, RefundEvent>,
}

/// A refund while the plan applies observations to it.
#[derive(Clone, Debug)]
pub(in crate::store) struct RefundInProgress<'a> {
    pub refund_id: Uuid,
    /// Whether the database has a row of this refund already.
    pub is_stored: bool,
    /// The stored events, then the new ones.
    pub events: Vec<KnownEvent<'a>>,
    /// The fold of the events, or `None` if it is not computed yet.
    pub state: Option<RefundState>,
    /// The position of its newest event among the new events of the group, from 1.
    pub newest_event: Option<i32>,
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    /// The stored amount. The derived amount differs from it if a new refund of the same order
    /// changes what remains for this one.
    pub stored_amount: Option<i64>,
    /// Whether a delivery of this group contains it. If not, it is only a sibling in an order.
    pub is_in_group: bool,
    /// The last delivery that `delivery_count` includes, so that a delivery counts once even if it
    /// contains the refund several times.
    pub last_counted_delivery: Option<Uuid>,
    pub provider: Cow<'a, str>,
}

/// Everything that a group writes besides its deliveries.
#[derive(Debug, Default)]
pub(in crate::store) struct Plan<'a> {
    refunds: BTreeMap<Identity, RefundInProgress<'a>>,
    new_events: Vec<EventRow<'a>>,
}

/// One event in one delivery.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Observation<'a> {
    pub provider: &'a str,
    pub account: &'a str,
    pub delivery_id: Uuid,
    pub received_at: OffsetDateTime,
    pub event: &'a RefundEvent,
}

/// The result of applying an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Applied {
    /// The id of the event, new or known.
    pub event_id: Uuid,
    pub is_new: bool,
}

impl<'a> Plan<'a> {
    /// Creates a plan from the stored refunds that the group affects.
    pub(in crate::store) fn new(stored: BTreeMap<Identity, RefundInProgress<'a>>) -> Self {
        Self { refunds: stored, new_events: Vec::new() }
    }

    /// Applies one observation. `new_id` creates the ids of new refunds and events.
    pub(in crate::store) fn apply(
        &mut self,
        observation: Observation<'a>,
        new_id: impl Fn(OffsetDateTime) -> Uuid,
    ) -> Applied {
        let Observation { received_at, event, .. } = observation;
        let identity = Identity {
            account: observation.account.to_owned(),
            refund_key: event.key.as_str().to_owned(),
        };
        let refund = self.refunds.entry(identity).or_insert_with(|| RefundInProgress {
            refund_id: new_id(received_at),
            is_stored: false,
            events: Vec::new(),
            state: None,
            newest_event: None,
            first_received_at: received_at,
            last_received_at: received_at,
            updated_at: received_at,
            delivery_count: 0,
            stored_amount: None,
            is_in_group: false,
            last_counted_delivery: None,
            provider: Cow::Borrowed(observation.provider),
        });
        let delivery_id = observation.delivery_id;
        if refund.last_counted_delivery.replace(delivery_id) != Some(delivery_id) {
            refund.delivery_count = refund.delivery_count.saturating_add(1);
        }
        refund.is_in_group = true;
        refund.first_received_at = refund.first_received_at.min(received_at);
        refund.last_received_at = refund.last_received_at.max(received_at);

        let digest = event.digest();
        if let Some(known) = refund.events.iter().find(|known| known.digest == digest) {
            return Applied { event_id: known.event_id, is_new: false };
        }
        let before = refund.state.take().or_else(|| refund.fold());
        let event_id = new_id(received_at);
        refund.events.push(KnownEvent { event_id, digest, event: Cow::Borrowed(event) });
        refund.state = refund.fold();
        let effect = match &refund.state {
            Some(after) => Effect::between(before.as_ref(), after),
            None => Effect::None,
        };
        match effect {
            Effect::Changed | Effect::Enriched => {
                refund.updated_at = refund.updated_at.max(received_at);
            }
            Effect::None => {}
        }
        self.new_events.push(EventRow {
            event_id,
            refund_id: refund.refund_id,
            digest,
            delivery_id,
            provider: observation.provider,
            account: observation.account,
            effect,
            received_at,
            event,
        });
        refund.newest_event = i32::try_from(self.new_events.len()).ok();
        Applied { event_id, is_new: true }
    }

    /// Completes the plan. Returns the rows of the new events, and of the refunds that are new or
    /// changed. The refunds are in the same order in all groups.
    pub(in crate::store) fn finish(&mut self) -> (&[EventRow<'a>], Vec<RefundRecord<'_>>) {
        for refund in self.refunds.values_mut() {
            if refund.state.is_none() {
                refund.state = refund.fold();
            }
        }
        self.derive_order_amounts();
        // If a new event changes a sibling's amount, the sibling is updated at the time of that
        // event.
        let newest = self.new_events.iter().map(|event| event.received_at).max();
        let mut rows = Vec::with_capacity(self.refunds.len());
        for (identity, refund) in &self.refunds {
            let Some(state) = &refund.state else { continue };
            let amount_changed =
                refund.is_stored && refund.stored_amount != state.facts.amount_minor;
            if !refund.is_in_group && !amount_changed {
                continue;
            }
            let changed_at = newest.filter(|_| amount_changed).unwrap_or(refund.updated_at);
            rows.push(RefundRecord {
                is_stored: refund.is_stored,
                newest_event: refund.newest_event,
                refund_id: refund.refund_id,
                provider: &refund.provider,
                account: &identity.account,
                refund_key: &identity.refund_key,
                state,
                first_received_at: refund.first_received_at,
                last_received_at: refund.last_received_at,
                updated_at: refund.updated_at.max(changed_at),
                delivery_count: refund.delivery_count,
                event_count: i32::try_from(refund.events.len()).unwrap_or(i32::MAX),
            });
        }
        (&self.new_events, rows)
    }

    /// Derives the amounts of refunds whose provider reports running totals for each order. The
    /// plan contains all refunds of these orders, because they were locked and read together.
    fn derive_order_amounts(&mut self) {
        let mut orders: BTreeMap<(&str, String), Vec<(&str, &mut RefundState)>> = BTreeMap::new();
        for (identity, refund) in &mut self.refunds {
            let Some(state) = &mut refund.state else { continue };
            if let Some(order) = &state.cumulative_within {
                let refunds = orders.entry((&identity.account, order.clone())).or_default();
                refunds.push((&identity.refund_key, state));
            }
        }
        for refunds in orders.values_mut() {
            derive_amounts(refunds);
        }
    }
}

impl RefundInProgress<'_> {
    /// Folds the events. Returns `None` if there are none.
    fn fold(&self) -> Option<RefundState> {
        fold(self.events.iter().map(|known| &*known.event))
    }
}
