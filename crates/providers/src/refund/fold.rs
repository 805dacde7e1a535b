//! From events to a state: a pure fold over the *set* of a refund's events.
//!
//! Every order of arrival, every repetition and every split over instances gives the same state. The
//! database stores the result and no second copy of the rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Authenticity, Facts, Flag, RefundEvent, RefundStatus, Unread, rank};

/// The state of a refund after all its events so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundState {
    /// The status of the winning event.
    pub status: RefundStatus,
    /// The provider's word in the winning event.
    pub provider_status: String,
    /// Whether the events contain two different final statuses.
    pub conflicting: bool,
    /// The grade of authenticity of the winning event.
    pub authenticity: Authenticity,
    /// The merchant's id of the refund.
    pub merchant_refund_id: String,
    /// The ISO 4217 code of all amounts, or `None` until an event contains it.
    pub currency: Option<String>,
    /// The decimals of the minor unit of all amounts.
    pub currency_exponent: Option<u8>,
    /// When the winning event happened, by the provider's clock.
    #[serde(skip)]
    pub occurred_at: Option<OffsetDateTime>,
    /// The order whose refunds have running totals, if the provider reports those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cumulative_within: Option<String>,
    /// Each fact from the highest-ranking event that contains it.
    #[serde(flatten)]
    pub facts: Facts,
    /// The unread fields of all events whose facts are still missing.
    #[serde(flatten)]
    pub unread: Unread,
    /// The flags of all events, and the flags that follow from several events together.
    pub flags: BTreeSet<Flag>,
}

/// Folds the events of one refund into its state. Returns `None` without events.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a RefundEvent>) -> Option<RefundState> {
    let mut events: Vec<&RefundEvent> = events.into_iter().collect();
    events.sort_by(|left, right| rank::compare(right, left).0);
    let (head, _) = events.split_first()?;

    let same_unit = |event: &RefundEvent| {
        event.currency == head.currency && event.currency_exponent == head.currency_exponent
    };
    let mut facts = Facts::default();
    for event in &events {
        if same_unit(event) {
            facts.fill_from(&event.facts);
        } else {
            facts.fill_from(&event.facts.without_amounts());
        }
    }

    let mut flags: BTreeSet<Flag> = events.iter().flat_map(|event| &event.flags).copied().collect();
    if !events.iter().all(|event| same_unit(event)) {
        flags.insert(Flag::CurrenciesDisagree);
    }
    let known_amounts = events.iter().filter(|event| same_unit(event));
    if distinct(known_amounts.filter_map(|event| event.facts.amount_minor)) > 1 {
        flags.insert(Flag::AmountsDisagree);
    }

    let finals = events.iter().map(|event| event.status).filter(|status| status.is_final());
    let conflicting = distinct(finals.map(RefundStatus::strength)) > 1;

    Some(RefundState {
        status: head.status,
        provider_status: head.provider_status.clone(),
        conflicting,
        authenticity: head.authenticity,
        merchant_refund_id: head.merchant_refund_id.clone(),
        currency: head.currency.clone(),
        currency_exponent: head.currency_exponent,
        unread: Unread::default(),
        occurred_at: head.occurred_at,
        cumulative_within: events.iter().find_map(|event| event.cumulative_within.clone()),
        facts,
        flags,
    })
}

impl RefundState {
    /// Returns whether a person must look at the refund, if no person has since its newest event.
    pub fn needs_attention(&self) -> bool {
        self.conflicting
            || self.status == RefundStatus::Unknown
            || self.flags.iter().any(|flag| flag.needs_attention())
    }
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> usize {
    values.collect::<BTreeSet<T>>().len()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::fold;
    use crate::refund::{
        Authenticity, Facts, Flag, Payload, RefundEvent, RefundKey, RefundStatus, Unread,
    };

    fn event(status: RefundStatus, second: u8) -> RefundEvent {
        RefundEvent {
            key: RefundKey::new("R1"),
            merchant_refund_id: "R1".into(),
            status,
            provider_status: status.as_str().to_uppercase(),
            authenticity: Authenticity::Verified,
            currency: Some("HKD".into()),
            currency_exponent: Some(2),
            occurred_at: Some(datetime!(2026-01-01 00:00 UTC).replace_second(second).unwrap()),
            cumulative_within: None,
            facts: Facts::default(),
            unread: Unread::default(),
            flags: [].into(),
            payload: Payload::default(),
        }
    }

    fn decrypted(status: RefundStatus, second: u8) -> RefundEvent {
        RefundEvent { authenticity: Authenticity::Decrypted, ..event(status, second) }
    }

    #[test]
    fn the_winning_event_is_chosen_by_rule_whatever_the_order() {
        use RefundStatus::{Canceled, Failed, Pending, RequiresAction, Succeeded, Unknown};
        let cases = [
            ("final over open, though older", event(Succeeded, 1), event(Pending, 9)),
            ("later final", event(Failed, 9), event(Succeeded, 1)),
            ("equal seconds, by rank", event(Succeeded, 5), event(Failed, 5)),
            ("equal seconds, by rank, second pair", event(Failed, 5), event(Canceled, 5)),
            ("requires_action over pending", event(RequiresAction, 1), event(Pending, 9)),
            ("pending over unknown", event(Pending, 1), event(Unknown, 9)),
            ("verified final over decrypted", event(Failed, 1), decrypted(Succeeded, 9)),
            ("decrypted final over open", decrypted(Succeeded, 1), event(Pending, 9)),
        ];
        for (name, winner, loser) in cases {
            for order in [[&winner, &loser], [&loser, &winner]] {
                let state = fold(order).unwrap();
                assert_eq!(state.status, winner.status, "{name}");
                assert_eq!(state.provider_status, winner.provider_status, "{name}");
            }
        }
    }

    #[test]
    fn two_different_final_states_are_conflicting_and_two_equal_ones_are_not() {
        let (yes, no) = (event(RefundStatus::Succeeded, 1), event(RefundStatus::Failed, 2));
        assert!(fold([&yes, &no]).unwrap().conflicting);
        let again = event(RefundStatus::Succeeded, 3);
        assert!(!fold([&yes, &again]).unwrap().conflicting);
    }

    #[test]
    fn a_known_fact_is_never_blanked() {
        let mut early = event(RefundStatus::Pending, 1);
        early.facts.channel = Some("WECHATHK".into());
        let late = event(RefundStatus::Succeeded, 2);
        assert_eq!(fold([&late, &early]).unwrap().facts.channel.as_deref(), Some("WECHATHK"));
    }

    #[test]
    fn an_amount_in_another_currency_never_fills_in() {
        let mut other = event(RefundStatus::Pending, 1);
        other.currency = Some("CNY".into());
        other.facts.amount_minor = Some(5);
        let state = fold([&event(RefundStatus::Succeeded, 2), &other]).unwrap();
        assert_eq!(state.facts.amount_minor, None);
        assert!(state.flags.contains(&Flag::CurrenciesDisagree));
    }

    #[test]
    fn no_events_give_no_state() {
        assert_eq!(fold([]), None);
    }
}
