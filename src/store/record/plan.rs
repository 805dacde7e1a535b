//! What a group of deliveries writes, worked out before anything is written. Pure: the rows that
//! are there come in, the rows to be written go out, and the fold is the only rule.

use std::borrow::Cow;
use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::rows::{EventRow, RefundRecord};
use refund_providers::refund::running_total::derive_amounts;
use refund_providers::refund::{Effect, EventDigest, RefundEvent, RefundState, fold};

/// Which refund, over all accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Identity {
    pub account: String,
    pub refund_key: String,
}

/// A refund as it is being worked on.
#[derive(Clone, Debug)]
pub(in crate::store) struct RefundInProgress<'a> {
    pub refund_id: Uuid,
    /// Whether the database has a row of it already.
    pub is_stored: bool,
    pub events: Vec<(Uuid, EventDigest, Cow<'a, RefundEvent>)>,
    /// What the events come to; `None` where that was not asked for yet.
    pub state: Option<RefundState>,
    /// The place of its newest event among the new ones of the group, from 1.
    pub newest_event: Option<i32>,
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    /// The amount that the database has; differs from the derived one when a sibling turned up.
    pub stored_amount: Option<i64>,
    /// Whether a delivery of this group told of it.
    pub is_observed: bool,
    /// The newest delivery that was counted.
    pub counted: Option<Uuid>,
    pub provider: Cow<'a, str>,
}

/// All that a group writes besides its deliveries.
#[derive(Debug, Default)]
pub(in crate::store) struct Plan<'a> {
    refunds: BTreeMap<Identity, RefundInProgress<'a>>,
    new_events: Vec<EventRow<'a>>,
}

/// One delivery's observation of one event.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Observation<'a> {
    pub provider: &'a str,
    pub account: &'a str,
    pub delivery_id: Uuid,
    pub received_at: OffsetDateTime,
    pub event: &'a RefundEvent,
}

/// What a observation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Applied {
    pub event_id: Uuid,
    pub is_new: bool,
}

impl<'a> Plan<'a> {
    /// Begins with the refunds that the database holds of those that the group is about.
    pub(in crate::store) fn new(stored: BTreeMap<Identity, RefundInProgress<'a>>) -> Self {
        Self { refunds: stored, new_events: Vec::new() }
    }

    /// Takes in one observation. `new_id` makes the numbers of what is new.
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
            is_observed: false,
            counted: None,
            provider: Cow::Borrowed(observation.provider),
        });
        if refund.counted.replace(observation.delivery_id) != Some(observation.delivery_id) {
            refund.delivery_count = refund.delivery_count.saturating_add(1);
        }
        refund.is_observed = true;
        refund.first_received_at = refund.first_received_at.min(received_at);
        refund.last_received_at = refund.last_received_at.max(received_at);

        let digest = event.digest();
        if let Some((event_id, ..)) = refund.events.iter().find(|(_, known, _)| *known == digest) {
            return Applied { event_id: *event_id, is_new: false };
        }
        let before = refund.state.take().or_else(|| refund.fold());
        let event_id = new_id(received_at);
        refund.events.push((event_id, digest, Cow::Borrowed(event)));
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
            delivery_id: observation.delivery_id,
            provider: observation.provider,
            account: observation.account,
            effect,
            received_at,
            event,
        });
        refund.newest_event = i32::try_from(self.new_events.len()).ok();
        Applied { event_id, is_new: true }
    }

    /// The rows of events that are new, and of refunds that are new or changed; these in one order
    /// over all groups.
    pub(in crate::store) fn finish(&mut self) -> (&[EventRow<'a>], Vec<RefundRecord<'_>>) {
        for refund in self.refunds.values_mut() {
            if refund.state.is_none() {
                refund.state = refund.fold();
            }
        }
        self.derive_within_orders();
        // A sibling whose amount another one changes is as new as what changed it.
        let newest = self.new_events.iter().map(|event| event.received_at).max();
        let mut records = Vec::with_capacity(self.refunds.len());
        for (identity, refund) in &self.refunds {
            let Some(state) = &refund.state else { continue };
            let is_moved = refund.is_stored && refund.stored_amount != state.facts.amount_minor;
            if !refund.is_observed && !is_moved {
                continue;
            }
            let moved_at = newest.filter(|_| is_moved).unwrap_or(refund.updated_at);
            records.push(RefundRecord {
                is_stored: refund.is_stored,
                newest_event: refund.newest_event,
                refund_id: refund.refund_id,
                provider: &refund.provider,
                account: &identity.account,
                refund_key: &identity.refund_key,
                state,
                first_received_at: refund.first_received_at,
                last_received_at: refund.last_received_at,
                updated_at: refund.updated_at.max(moved_at),
                delivery_count: refund.delivery_count,
                event_count: i32::try_from(refund.events.len()).unwrap_or(i32::MAX),
            });
        }
        (&self.new_events, records)
    }

    /// Where amounts are told as running totals, all refunds of the order are here, for they were
    /// locked together.
    fn derive_within_orders(&mut self) {
        let mut orders: BTreeMap<(&str, String), Vec<&mut RefundState>> = BTreeMap::new();
        for (identity, refund) in &mut self.refunds {
            let Some(state) = &mut refund.state else { continue };
            if let Some(order) = &state.cumulative_within {
                orders.entry((&identity.account, order.clone())).or_default().push(state);
            }
        }
        for refunds in orders.values_mut() {
            derive_amounts(refunds);
        }
    }
}

impl RefundInProgress<'_> {
    fn fold(&self) -> Option<RefundState> {
        fold(self.events.iter().map(|(_, _, event)| &**event))
    }
}
