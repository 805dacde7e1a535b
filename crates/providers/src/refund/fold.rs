//! From events to a state: a pure fold over the *set* of a refund's events.
//!
//! Every order of arrival, every repetition and every split over instances gives the same state. The
//! database stores the result and no second copy of the rules.

use std::collections::BTreeSet;

use super::flags::{self, distinct, unit};
use super::{Facts, RefundEvent, RefundState, RefundStatus, Unread, rank};

/// Folds the events of one refund into its state. Returns `None` without events.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a RefundEvent>) -> Option<RefundState> {
    let events = rank::sorted(events);
    let (head, _) = events.split_first()?;

    let unit = events.iter().find_map(|event| unit(event));
    let in_unit = |event: &RefundEvent| flags::unit(event) == unit;
    let cumulative_within = events.iter().find_map(|event| event.cumulative_within.clone());
    let mut facts = Facts::default();
    for event in &events {
        if in_unit(event) {
            facts.fill_from(&event.facts);
        } else {
            facts.fill_from(&event.facts.without_amounts());
        }
    }
    if cumulative_within.is_some() {
        // A running total grows, and no order of arrival may lose the largest.
        let same_unit = events.iter().filter(|event| in_unit(event));
        facts.order_refunded_minor =
            same_unit.filter_map(|event| event.facts.order_refunded_minor).max();
    }
    let mut unread = Unread::default();
    for (field, fact) in events.iter().flat_map(|event| event.unread.iter()) {
        let is_known = match fact {
            Unread::CURRENCY => unit.is_some(),
            Unread::OCCURRED_AT => head.occurred_at.is_some(),
            fact => facts.is_known(fact),
        };
        if !is_known {
            unread.insert(field, fact);
        }
    }

    let finals = events.iter().map(|event| event.status).filter(|status| status.is_final());
    let conflicting = distinct(finals.map(RefundStatus::strength)) > 1;

    let mut state = RefundState {
        status: head.status,
        provider_status: head.provider_status.clone(),
        conflicting,
        authenticity: head.authenticity,
        merchant_refund_id: head.merchant_refund_id.clone(),
        currency: unit.map(|(code, _)| code.to_owned()),
        currency_exponent: unit.map(|(_, exponent)| exponent),
        unread,
        occurred_at: head.occurred_at,
        cumulative_within,
        facts,
        flags: BTreeSet::new(),
    };
    state.flags = flags::of(&events, &state);
    Some(state)
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
            kind_rank: None,
            cumulative_within: None,
            facts: Facts::default(),
            unread: Unread::default(),
            flags: [].into(),
            payload: Payload::default(),
            digest_before_erasure: None,
        }
    }

    fn decrypted(status: RefundStatus, second: u8) -> RefundEvent {
        RefundEvent { authenticity: Authenticity::Decrypted, ..event(status, second) }
    }

    fn untimed(status: RefundStatus) -> RefundEvent {
        RefundEvent { occurred_at: None, ..event(status, 0) }
    }

    #[test]
    fn the_winning_event_is_chosen_by_rule_whatever_the_order() {
        use RefundStatus::{Canceled, Failed, Pending, RequiresAction, Succeeded, Unknown};
        let cases = [
            ("final over open, though older", event(Succeeded, 1), event(Pending, 9)),
            ("later final", event(Failed, 9), event(Succeeded, 1)),
            ("equal seconds, bad news", event(Failed, 5), event(Succeeded, 5)),
            ("equal seconds, second pair", event(Failed, 5), event(Canceled, 5)),
            ("equal seconds, third pair", event(Canceled, 5), event(Succeeded, 5)),
            ("no time, bad news", untimed(Failed), event(Succeeded, 9)),
            ("no time, good news", event(Failed, 1), untimed(Succeeded)),
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
    fn a_final_status_is_never_overridden_by_one_of_a_lower_grade() {
        use Authenticity::{Bearer, Checksum, Decrypted, Verified};
        let grades = [Bearer, Checksum, Decrypted, Verified];
        for (rank, higher) in grades.into_iter().enumerate() {
            for lower in &grades[..rank] {
                let good =
                    RefundEvent { authenticity: higher, ..event(RefundStatus::Succeeded, 1) };
                let bad = RefundEvent { authenticity: *lower, ..event(RefundStatus::Failed, 9) };
                for order in [[&good, &bad], [&bad, &good]] {
                    let state = fold(order).unwrap();
                    assert_eq!(state.status, RefundStatus::Succeeded, "{higher:?} {lower:?}");
                    assert!(state.conflicting);
                }
            }
        }
    }

    #[test]
    fn a_failure_is_without_its_refund_only_as_long_as_no_other_event_came() {
        let mut failure = event(RefundStatus::Failed, 2);
        failure.flags = [Flag::FailureWithoutRefund].into();
        let has = |events: &[RefundEvent]| {
            fold(events).unwrap().flags.contains(&Flag::FailureWithoutRefund)
        };
        assert!(has(&[failure.clone(), failure.clone()]));
        assert!(!has(&[failure.clone(), event(RefundStatus::Succeeded, 1)]));
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
    fn a_time_ranks_only_events_that_have_one() {
        use RefundStatus::{Canceled, Failed, Succeeded};
        // The later success beats the earlier failure, and the cancellation beats the success.
        let (failed, succeeded) = (event(Failed, 1), event(Succeeded, 2));
        let canceled = untimed(Canceled);
        for order in [[&failed, &succeeded, &canceled], [&canceled, &failed, &succeeded]] {
            assert_eq!(fold(order).unwrap().status, Canceled);
        }
    }

    #[test]
    fn an_open_event_after_the_last_final_one_reopens_the_refund() {
        use RefundStatus::{Pending, RequiresAction, Succeeded};
        let reopened = |events: &[RefundEvent]| {
            let state = fold(events).unwrap();
            assert_eq!(state.status, Succeeded);
            assert_eq!(state.needs_attention(), state.flags.contains(&Flag::Reopened));
            state.flags.contains(&Flag::Reopened)
        };
        let with_amount = |mut event: RefundEvent| {
            event.facts.amount_minor = Some(1);
            event
        };
        let success = |second| with_amount(event(Succeeded, second));
        assert!(reopened(&[success(5), event(RequiresAction, 6)]));
        assert!(!reopened(&[success(5), event(Pending, 5)]));
        assert!(!reopened(&[success(5), event(RequiresAction, 6), success(7)]));
        assert!(!reopened(&[success(5), untimed(RequiresAction)]));
        assert!(!reopened(&[with_amount(untimed(Succeeded)), event(RequiresAction, 6)]));
    }

    #[test]
    fn one_number_with_two_times_of_creation_or_two_refund_ids_was_used_twice() {
        let made = |day: Option<u8>, id: &str| {
            let mut event = event(RefundStatus::Pending, 1);
            event.facts.provider_created_at =
                day.map(|day| datetime!(2026-01-01 00:00 UTC).replace_day(day).unwrap());
            event.facts.provider_refund_id = (!id.is_empty()).then(|| id.to_owned());
            event
        };
        let first = made(Some(1), "Q1");
        for (other, expected) in [
            (made(Some(2), "Q1"), true),
            (made(Some(2), ""), true),
            (made(Some(1), "Q2"), true),
            (made(Some(1), "Q1"), false),
            (made(Some(1), ""), false),
            (made(None, "Q1"), false),
            (made(None, "Q2"), false),
        ] {
            let state = fold([&first, &other]).unwrap();
            assert_eq!(state.flags.contains(&Flag::IdentityReused), expected, "{:?}", other.facts);
            assert!(!expected || state.needs_attention());
        }
    }

    #[test]
    fn hazard_45_two_names_of_one_thing_disagree() {
        type Place = fn(&mut Facts) -> &mut Option<String>;
        let places: [Place; 3] = [
            |facts| &mut facts.provider_payment_id,
            |facts| &mut facts.provider_refund_id,
            |facts| &mut facts.sub_merchant,
        ];
        for place in places {
            let named = |name: &str, second| {
                let mut event = event(RefundStatus::Pending, second);
                *place(&mut event.facts) = Some(name.to_owned());
                event
            };
            let disagree = |events: &[RefundEvent]| {
                fold(events).unwrap().flags.contains(&Flag::IdentitiesDisagree)
            };
            assert!(disagree(&[named("1", 1), named("2", 2)]));
            assert!(!disagree(&[named("1", 1), event(RefundStatus::Pending, 2), named("1", 3)]));
        }
    }

    #[test]
    fn a_later_event_gives_what_is_missing_and_removes_the_flags() {
        let mut poor = event(RefundStatus::Pending, 1);
        (poor.currency, poor.currency_exponent) = (None, None);
        poor.unread.insert("cur", "currency");
        poor.unread.insert("sum", "amount_minor");
        poor.flags = [Flag::AmountMissing, Flag::FieldsUnread].into();
        let state = fold([&poor]).unwrap();
        assert_eq!(state.flags, poor.flags);
        assert_eq!(state.unread.fields(), ["cur", "sum"]);
        assert_eq!((&state.currency, state.needs_attention()), (&None, true));

        let mut rich = event(RefundStatus::Pending, 0);
        rich.facts.amount_minor = Some(5);
        let state = fold([&poor, &rich]).unwrap();
        assert_eq!((state.facts.amount_minor, state.currency.as_deref()), (Some(5), Some("HKD")));
        assert_eq!((state.flags.len(), state.unread.is_empty()), (0, true));
    }

    #[test]
    fn a_final_refund_without_an_amount_is_flagged_and_an_open_one_is_not() {
        for status in RefundStatus::ALL {
            let flags = fold([&event(status, 1)]).unwrap().flags;
            assert_eq!(flags.contains(&Flag::AmountMissing), status.is_final(), "{status}");
        }
    }

    #[test]
    fn no_events_give_no_state() {
        assert_eq!(fold([]), None);
    }
}
