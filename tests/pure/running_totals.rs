//! The amounts of an order whose provider reports running totals, over random histories and orders
//! of arrival.

use std::collections::BTreeMap;

use proptest::prelude::*;
use refund_providers::refund::running_total::derive_amounts;
use refund_providers::refund::{
    Authenticity, Facts, Flag, Payload, RefundEvent, RefundKey, RefundState, RefundStatus, Unread,
    fold,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const FIRST: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const TRADE: &str = "T";

/// One refund of the order as it truly was.
#[derive(Clone, Debug)]
struct Refund {
    amount: i64,
    /// Whether the merchant gave it a number.
    is_numbered: bool,
    /// Whether its own notification arrives, one with the final status of the trade, one of these
    /// without the number, and the message about the bank.
    arrives: bool,
    is_repeated: bool,
    loses_number: bool,
    is_settled: bool,
    /// Whether the total of its notification cannot be read.
    is_unread: bool,
}

fn refund() -> impl Strategy<Value = Refund> {
    let often = prop::bool::weighted(0.8);
    let seldom = || prop::bool::weighted(0.3);
    (1..5_i64, often, often, seldom(), seldom(), seldom(), prop::bool::weighted(0.1)).prop_map(
        |(amount, is_numbered, arrives, is_repeated, loses_number, is_settled, is_unread)| Refund {
            amount,
            is_numbered,
            arrives,
            is_repeated,
            loses_number,
            is_settled,
            is_unread,
        },
    )
}

fn event(key: &str, id: &str, word: &str) -> RefundEvent {
    RefundEvent {
        key: RefundKey::new(key),
        merchant_refund_id: id.to_owned(),
        status: RefundStatus::Succeeded,
        provider_status: word.to_owned(),
        authenticity: Authenticity::Verified,
        currency: Some("CNY".to_owned()),
        currency_exponent: Some(2),
        occurred_at: None,
        kind_rank: None,
        cumulative_within: Some(TRADE.to_owned()),
        facts: Facts::default(),
        unread: Unread::default(),
        flags: [].into(),
        payload: Payload::default(),
        digest_before_erasure: None,
    }
}

/// A trade notification. Without a number, time and total are the identity.
fn reported(number: Option<&str>, second: i64, total: i64, word: &str) -> RefundEvent {
    let key = match number {
        Some(number) => format!("{TRADE}/{number}"),
        None => format!("{TRADE}/{second}+{total}"),
    };
    let mut event = event(&key, number.unwrap_or(TRADE), word);
    event.occurred_at = Some(FIRST + Duration::seconds(second));
    event.facts.order_refunded_minor = Some(total);
    event
}

/// All notifications that arrive of a history, in the order in which they were sent.
fn notifications(history: &[Refund]) -> Vec<RefundEvent> {
    let mut sent = Vec::new();
    let mut total = 0;
    for (index, refund) in history.iter().enumerate() {
        total += refund.amount;
        let second = i64::try_from(index).unwrap();
        let number = format!("R{index}");
        let number = refund.is_numbered.then_some(number.as_str());
        if refund.arrives {
            let mut own = reported(number, second, total, "TRADE_SUCCESS");
            if refund.is_unread {
                own.facts.order_refunded_minor = None;
                own.unread.insert("refund_fee", "order_refunded_minor");
                own.flags = [Flag::AmountMissing, Flag::FieldsUnread].into();
            }
            sent.push(own);
        }
        if refund.is_repeated {
            sent.push(reported(number, second, total, "TRADE_FINISHED"));
        }
        if refund.loses_number {
            sent.push(reported(None, second, total, "TRADE_FINISHED"));
        }
        if let Some(number) = number.filter(|_| refund.is_settled) {
            let mut settled = event(&format!("{TRADE}/{number}"), number, "S");
            settled.facts.settlement_amount_minor = Some(refund.amount);
            settled.facts.settlement_status = Some("succeeded".to_owned());
            sent.push(settled);
        }
    }
    sent
}

/// The refunds that are stored after these events.
fn stored<'e>(events: impl IntoIterator<Item = &'e RefundEvent>) -> BTreeMap<String, RefundState> {
    let mut by_key: BTreeMap<String, Vec<&RefundEvent>> = BTreeMap::new();
    for event in events {
        by_key.entry(event.key.as_str().to_owned()).or_default().push(event);
    }
    let states = by_key.into_iter().map(|(key, events)| (key, fold(events).unwrap()));
    let mut states: BTreeMap<String, RefundState> = states.collect();
    let refunds = states.iter_mut().map(|(key, state)| (key.as_str(), state));
    derive_amounts(&mut refunds.collect::<Vec<_>>());
    states
}

fn largest_total(events: &[RefundEvent]) -> Option<i64> {
    events.iter().filter_map(|event| event.facts.order_refunded_minor).max()
}

fn sum(states: &BTreeMap<String, RefundState>) -> i64 {
    states.values().filter_map(|state| state.facts.amount_minor).sum()
}

/// Checks what holds after each event.
fn check(events: &[RefundEvent]) -> Result<(), TestCaseError> {
    let states = stored(events);
    if let Some(largest) = largest_total(events) {
        prop_assert_eq!(sum(&states), largest, "{:?}", states);
    } else {
        let settled = |state: &RefundState| state.facts.settlement_amount_minor;
        prop_assert!(states.values().all(|state| state.facts.amount_minor == settled(state)));
    }
    for state in states.values() {
        let has_amount = state.facts.amount_minor.is_some();
        let is_missing = state.flags.contains(&Flag::AmountMissing);
        prop_assert!(!(has_amount && is_missing), "{:?}", state);
        prop_assert_ne!(is_missing, state.flags.contains(&Flag::AmountDerived));
        prop_assert!(state.facts.amount_minor.is_none_or(|amount| amount > 0), "{:?}", state);
        prop_assert_eq!(state.needs_attention(), is_missing);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn hazard_42_the_amounts_of_an_order_add_up_to_its_largest_total(
        history in prop::collection::vec(refund(), 1..6),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut arriving = notifications(&history);
        // Every order of arrival, with repetitions.
        for (place, index) in order.iter().enumerate().take(arriving.len()) {
            let other = index.index(arriving.len());
            arriving.swap(place, other);
        }
        for count in 1..=arriving.len() {
            check(&arriving[..count])?;
        }
        let twice: Vec<&RefundEvent> = arriving.iter().chain(arriving.iter().rev()).collect();
        prop_assert_eq!(stored(twice), stored(&arriving));
    }

    #[test]
    fn totals_that_contradict_each_other_never_count_money_twice(
        totals in prop::collection::vec((0..4_u8, any::<bool>(), 0..3_i64, 1..5_i64), 1..8),
    ) {
        let event = |(number, is_numbered, second, total): &(u8, bool, i64, i64)| {
            let number = format!("R{number}");
            reported(is_numbered.then_some(number.as_str()), *second, *total, "TRADE_SUCCESS")
        };
        let events: Vec<RefundEvent> = totals.iter().map(event).collect();
        for count in 1..=events.len() {
            check(&events[..count])?;
        }
        prop_assert_eq!(stored(events.iter().rev()), stored(&events));
    }

    #[test]
    fn each_refund_has_its_own_amount_if_nothing_is_lost(
        history in prop::collection::vec(refund(), 1..6),
    ) {
        let all: Vec<Refund> = history
            .into_iter()
            .map(|refund| Refund { arrives: true, is_unread: false, ..refund })
            .collect();
        let states = stored(&notifications(&all));
        for (index, refund) in all.iter().enumerate().filter(|(_, refund)| refund.is_numbered) {
            let state = &states[&format!("{TRADE}/R{index}")];
            prop_assert_eq!(state.facts.amount_minor, Some(refund.amount));
        }
        prop_assert!(states.values().all(|state| !state.needs_attention()), "{:?}", states);
    }
}
