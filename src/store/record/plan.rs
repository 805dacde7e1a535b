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
    /// The delivery that first contained it.
    pub delivery_id: Uuid,
    /// Whether a replay of that delivery reads it otherwise. The fold leaves it out, and a repeat of
    /// it is still a duplicate.
    pub is_superseded: bool,
    pub event: Cow<'a, RefundEvent>,
}

/// A refund while the plan applies observations to it.
#[derive(Clone, Debug)]
pub(in crate::store) struct RefundInProgress<'a> {
    pub refund_id: Uuid,
    /// The version of its stored row, or `None` if it is new.
    pub version: Option<i64>,
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
    superseded: Vec<Superseded>,
}

/// A stored event that a replay reads otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Superseded {
    pub refund_id: Uuid,
    pub event_id: Uuid,
    /// The delivery that replays the event's delivery.
    pub by: Uuid,
}

/// One event in one delivery.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Observation<'a> {
    pub provider: &'a str,
    pub account: &'a str,
    pub delivery_id: Uuid,
    pub received_at: OffsetDateTime,
    pub event: &'a RefundEvent,
    /// If the delivery replays a kept one, the kept one.
    pub replayed_from: Option<Uuid>,
    /// All events of the delivery.
    pub read_now: &'a [RefundEvent],
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
        let mut plan = Self { refunds: stored, ..Self::default() };
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
            version: None,
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
        let is_counted = refund.last_counted_delivery.replace(delivery_id) == Some(delivery_id);
        if !is_counted && !refund.has_event_of(observation.replayed_from) {
            refund.delivery_count = refund.delivery_count.saturating_add(1);
        }
        refund.is_changed = true;
        refund.first_received_at = refund.first_received_at.min(received_at);
        refund.last_received_at = refund.last_received_at.max(received_at);

        let superseded = refund.supersede(&observation);
        let digest = event.digest();
        let known = refund.events.iter().find(|known| known.digest == digest);
        let known = known.map(|known| known.event_id);
        if let (Some(event_id), true) = (known, superseded.is_empty()) {
            return Applied { event_id, is_new: false };
        }
        self.superseded.extend(superseded);
        let before = refund.state.clone();
        let event_id = known.unwrap_or_else(|| {
            let event_id = new_id(received_at);
            refund.events.push(KnownEvent {
                event_id,
                digest,
                delivery_id,
                is_superseded: false,
                event: Cow::Borrowed(event),
            });
            event_id
        });
        refund.state = refund.fold();
        let is_changed = refund.state != before;
        let order = refund.state.as_ref().and_then(|state| state.cumulative_within.clone());
        let changed_siblings = match &order {
            Some(order) => self.derive_order(observation.account, order),
            None => Vec::new(),
        };
        // A known event causes nothing a second time; here the replay is the cause.
        let cause = if known.is_some() { delivery_id } else { event_id };
        if known.is_none() {
            let (source, event) = (Source::Notification, Cow::Borrowed(event));
            let row = NewEvent { event_id, digest, source, event };
            self.push(&identity, before.as_ref(), row, observation);
        } else if let (Some(before), true) = (&before, is_changed) {
            self.push_derived(&identity, before, cause, observation, &new_id);
        }
        for (sibling, before) in changed_siblings {
            if sibling != identity {
                self.push_derived(&sibling, &before, cause, observation, &new_id);
            }
        }
        Applied { event_id, is_new: known.is_none() }
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

    /// Adds the event of a refund that `cause_id` changed: an event of another refund of its order,
    /// or a delivery that replays another one.
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
            kind_rank: None,
            cumulative_within: after.cumulative_within,
            facts: after.facts,
            unread: after.unread,
            flags: after.flags,
            payload: Payload::new(format!(r#"{{"derived_from":"{cause_id}"}}"#)),
            digest_before_erasure: None,
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

    /// Returns the stored events that replays of the group read otherwise.
    pub(in crate::store) fn superseded(&self) -> &[Superseded] {
        &self.superseded
    }

    /// Returns the ids and the versions of the stored refunds from which the plan was made, in the
    /// order of the ids.
    pub(in crate::store) fn known(&self) -> (Vec<Uuid>, Vec<i64>) {
        let stored = self.refunds.values();
        let stored = stored.filter_map(|refund| Some((refund.refund_id, refund.version?)));
        stored.collect::<BTreeMap<Uuid, i64>>().into_iter().unzip()
    }

    /// Returns the rows of the new events, and of the refunds that are new or changed. The refunds
    /// are in the same order in all groups.
    pub(in crate::store) fn finish(&self) -> (&[EventRow<'a>], Vec<RefundRecord<'_>>) {
        let changed = self.refunds.iter().filter(|(_, refund)| refund.is_changed);
        let rows = changed.filter_map(|(identity, refund)| {
            Some(RefundRecord {
                is_stored: refund.version.is_some(),
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
    /// Folds the events that are not superseded. Returns `None` if there are none.
    pub(in crate::store) fn fold(&self) -> Option<RefundState> {
        fold(self.events.iter().filter(|known| !known.is_superseded).map(|known| &*known.event))
    }

    /// Returns whether this delivery was the first with one of the events.
    fn has_event_of(&self, delivery_id: Option<Uuid>) -> bool {
        self.events.iter().any(|known| Some(known.delivery_id) == delivery_id)
    }

    /// Supersedes the events of the delivery that the observation replays, if it reads them
    /// otherwise now. Returns those that were not superseded before.
    fn supersede(&mut self, observation: &Observation<'_>) -> Vec<Superseded> {
        if !self.has_event_of(observation.replayed_from) {
            return Vec::new();
        }
        let read_now: BTreeSet<_> = observation.read_now.iter().map(RefundEvent::digest).collect();
        let mut superseded = Vec::new();
        for known in &mut self.events {
            let is_replayed = Some(known.delivery_id) == observation.replayed_from;
            if is_replayed && !known.is_superseded && !read_now.contains(&known.digest) {
                known.is_superseded = true;
                superseded.push(Superseded {
                    refund_id: self.refund_id,
                    event_id: known.event_id,
                    by: observation.delivery_id,
                });
            }
        }
        superseded
    }
}
