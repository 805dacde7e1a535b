//! The plan of a group: determines which rows a group of deliveries writes, before anything is
//! written.
//!
//! It is a pure function. Stored refunds and the group's observations go in, the rows to write come
//! out, and the fold is the only rule.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use uuid::Uuid;

use super::history::{Bookkeeping, refund_after};
use super::rows::{EventRow, PreviousEvent, RefundRecord, Source};
use refund_providers::crypto::hash::sha256;
use refund_providers::refund::running_total::derive_amounts;
use refund_providers::refund::{
    Effect, EventDigest, Payload, RefundEvent, RefundKey, RefundState, fold,
};

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
    /// The stored events that the provider reported, then the new ones.
    pub events: Vec<KnownEvent<'a>>,
    /// The fold of the events, or `None` if it is not computed yet.
    pub state: Option<RefundState>,
    /// The position of its newest event among the new events of the group, from 1.
    pub newest_event: Option<i32>,
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    /// The number of its events, derived ones included.
    pub event_count: i32,
    /// The `seq` of its newest stored event.
    pub stored_seq: Option<i64>,
    /// Whether its row must be written. If not, it is only a sibling in an order.
    pub is_changed: bool,
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
        let mut plan = Self { refunds: stored, new_events: Vec::new() };
        let orders: BTreeSet<(String, String)> = plan
            .refunds
            .iter_mut()
            .filter_map(|(identity, refund)| {
                refund.state = refund.fold();
                let order = refund.state.as_ref()?.cumulative_within.clone()?;
                Some((identity.account.clone(), order))
            })
            .collect();
        for (account, order) in orders {
            plan.derive_order(&account, &order);
        }
        plan
    }

    /// Applies one observation. `new_id` creates the ids of new refunds and events.
    pub(in crate::store) fn apply(
        &mut self,
        observation: Observation<'a>,
        new_id: impl Fn(OffsetDateTime) -> Uuid,
    ) -> Applied {
        let Observation { received_at, event, delivery_id, .. } = observation;
        let identity = Identity {
            account: observation.account.to_owned(),
            refund_key: event.key.as_str().to_owned(),
        };
        let refund = self.refunds.entry(identity.clone()).or_insert_with(|| RefundInProgress {
            refund_id: new_id(received_at),
            is_stored: false,
            events: Vec::new(),
            state: None,
            newest_event: None,
            first_received_at: received_at,
            last_received_at: received_at,
            updated_at: received_at,
            delivery_count: 0,
            event_count: 0,
            stored_seq: None,
            is_changed: false,
            last_counted_delivery: None,
            provider: Cow::Borrowed(observation.provider),
        });
        if refund.last_counted_delivery.replace(delivery_id) != Some(delivery_id) {
            refund.delivery_count = refund.delivery_count.saturating_add(1);
        }
        refund.is_changed = true;
        refund.first_received_at = refund.first_received_at.min(received_at);
        refund.last_received_at = refund.last_received_at.max(received_at);

        let digest = event.digest();
        if let Some(known) = refund.events.iter().find(|known| known.digest == digest) {
            return Applied { event_id: known.event_id, is_new: false };
        }
        let before = refund.state.clone();
        let event_id = new_id(received_at);
        refund.events.push(KnownEvent { event_id, digest, event: Cow::Borrowed(event) });
        refund.state = refund.fold();
        let order = refund.state.as_ref().and_then(|state| state.cumulative_within.clone());
        let changed_siblings = match &order {
            Some(order) => self.derive_order(observation.account, order),
            None => Vec::new(),
        };
        let row = NewEvent {
            event_id,
            digest,
            source: Source::Notification,
            event: Cow::Borrowed(event),
        };
        self.push(&identity, before.as_ref(), row, observation);
        for (sibling, before) in changed_siblings {
            if sibling != identity {
                self.push_derived(&sibling, &before, event_id, observation, &new_id);
            }
        }
        Applied { event_id, is_new: true }
    }

    /// Adds an event to the group, with the refund as it is right after it.
    fn push(
        &mut self,
        identity: &Identity,
        before: Option<&RefundState>,
        new: NewEvent<'a>,
        cause: Observation<'a>,
    ) {
        let Some(refund) = self.refunds.get_mut(identity) else { return };
        let Some(after) = &refund.state else { return };
        let effect = Effect::between(before, after);
        match effect {
            Effect::Changed | Effect::Enriched => {
                refund.updated_at = refund.updated_at.max(cause.received_at);
            }
            Effect::None => {}
        }
        refund.is_changed = true;
        refund.event_count = refund.event_count.saturating_add(1);
        let books = Bookkeeping {
            first_received_at: refund.first_received_at,
            last_received_at: refund.last_received_at,
            updated_at: refund.updated_at,
            delivery_count: refund.delivery_count,
            event_count: refund.event_count,
        };
        self.new_events.push(EventRow {
            event_id: new.event_id,
            refund_id: refund.refund_id,
            digest: new.digest,
            delivery_id: cause.delivery_id,
            provider: refund.provider.clone(),
            account: identity.account.clone(),
            source: new.source,
            effect,
            received_at: cause.received_at,
            refund_after: refund_after(&new.event, cause.received_at, after, books),
            event: new.event,
            previous: match refund.newest_event {
                Some(position) => Some(PreviousEvent::InGroup(position)),
                None => refund.stored_seq.map(PreviousEvent::Stored),
            },
        });
        refund.newest_event = i32::try_from(self.new_events.len()).ok();
    }

    /// Adds the event of a refund that the event `cause_id` of another refund of its order changed.
    fn push_derived(
        &mut self,
        identity: &Identity,
        before: &RefundState,
        cause_id: Uuid,
        cause: Observation<'a>,
        new_id: impl Fn(OffsetDateTime) -> Uuid,
    ) {
        let Some(after) = self.refunds.get(identity).and_then(|refund| refund.state.clone()) else {
            return;
        };
        let event = RefundEvent {
            key: RefundKey::new(&identity.refund_key),
            merchant_refund_id: after.merchant_refund_id,
            status: after.status,
            provider_status: after.provider_status,
            authenticity: after.authenticity,
            currency: after.currency,
            currency_exponent: after.currency_exponent,
            occurred_at: None,
            cumulative_within: after.cumulative_within,
            facts: after.facts,
            unread: after.unread,
            flags: after.flags,
            payload: Payload::new(format!(r#"{{"derived_from":"{cause_id}"}}"#)),
        };
        let digest = EventDigest(sha256(format!("derived from {cause_id}").as_bytes()));
        let row = NewEvent {
            event_id: new_id(cause.received_at),
            digest,
            source: Source::Derived,
            event: Cow::Owned(event),
        };
        self.push(identity, Some(before), row, cause);
    }

    /// Returns the rows of the new events, and of the refunds that are new or changed. The refunds
    /// are in the same order in all groups.
    pub(in crate::store) fn finish(&self) -> (&[EventRow<'a>], Vec<RefundRecord<'_>>) {
        let changed = self.refunds.iter().filter(|(_, refund)| refund.is_changed);
        let rows = changed.filter_map(|(identity, refund)| {
            Some(RefundRecord {
                is_stored: refund.is_stored,
                newest_event: refund.newest_event,
                refund_id: refund.refund_id,
                provider: &refund.provider,
                account: &identity.account,
                refund_key: &identity.refund_key,
                state: refund.state.as_ref()?,
                first_received_at: refund.first_received_at,
                last_received_at: refund.last_received_at,
                updated_at: refund.updated_at,
                delivery_count: refund.delivery_count,
                event_count: refund.event_count,
            })
        });
        (&self.new_events, rows.collect())
    }

    /// Derives the amounts of the refunds of an order whose provider reports running totals. The
    /// plan contains all refunds of the order, because they were locked and read together. Returns
    /// the refunds whose state that changed, each with the state before.
    fn derive_order(&mut self, account: &str, order: &str) -> Vec<(Identity, RefundState)> {
        let (mut identities, mut states, mut before) = (Vec::new(), Vec::new(), Vec::new());
        for (identity, refund) in &mut self.refunds {
            let Some(state) = &mut refund.state else { continue };
            if identity.account == account && state.cumulative_within.as_deref() == Some(order) {
                identities.push(identity);
                before.push(state.clone());
                states.push((identity.refund_key.as_str(), state));
            }
        }
        derive_amounts(&mut states);
        let changes = identities.into_iter().zip(before).zip(states);
        changes
            .filter(|((_, before), (_, after))| before != &**after)
            .map(|((identity, before), _)| (identity.clone(), before))
            .collect()
    }
}

/// An event to be added to the group.
struct NewEvent<'a> {
    event_id: Uuid,
    digest: EventDigest,
    source: Source,
    event: Cow<'a, RefundEvent>,
}

impl RefundInProgress<'_> {
    /// Folds the events. Returns `None` if there are none.
    pub(in crate::store) fn fold(&self) -> Option<RefundState> {
        fold(self.events.iter().map(|known| &*known.event))
    }
}
