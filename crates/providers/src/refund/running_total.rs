//! Refunds that a provider reports as running totals: "refunded on this order so far". The amount of
//! each is the difference to the next smaller known total of the order. Zero is always known.
//!
//! An amount follows from the *set* of the order's refunds, not from their order of arrival. It
//! changes when a smaller total arrives late. The amounts add up to the largest total, whatever
//! arrives: each total has one owner, and a refund that owns no total has no amount.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Flag, RefundState};

/// Derives the amount of each refund of one order. Each comes with its refund key.
///
/// - The owner of a total has the difference as its amount, flagged as derived. Of several refunds
///   with one total, the one with the earliest refund time is the owner, then the one that has a
///   number of the merchant's, then the one with the smallest key.
/// - A refund without a number of the merchant's, with the time and total of another one, *is* that
///   other one, reported again. It has no amount, and lacks none.
/// - A refund of which only the settlement is known has the settled amount as long as no total of
///   the order is known. Later its money is part of a total, and nothing says of which.
/// - Every other refund has no amount, and is flagged.
pub fn derive_amounts(refunds: &mut [(&str, &mut RefundState)]) {
    let differences = differences(refunds);
    let owners = owners(refunds);
    let repeats = repeats(refunds);
    let no_total_is_known = differences.is_empty();
    for (key, refund) in refunds {
        let amount = match refund.facts.order_refunded_minor {
            Some(total) => {
                let is_owner = owners.contains(*key);
                differences.get(&total).copied().filter(|_| is_owner)
            }
            None => refund.facts.settlement_amount_minor.filter(|_| no_total_is_known),
        };
        refund.facts.amount_minor = amount;
        for flag in [Flag::AmountDerived, Flag::AmountMissing] {
            refund.flags.remove(&flag);
        }
        let is_derived = amount.is_some() || repeats.contains(*key);
        refund.flags.insert(if is_derived { Flag::AmountDerived } else { Flag::AmountMissing });
    }
}

/// Returns each known total with its difference to the next smaller one.
fn differences(refunds: &[(&str, &mut RefundState)]) -> BTreeMap<i64, i64> {
    let totals = refunds.iter().filter_map(|(_, refund)| refund.facts.order_refunded_minor);
    let mut smaller = 0;
    let sorted: BTreeSet<i64> = totals.collect();
    let difference = |total: i64| total.saturating_sub(std::mem::replace(&mut smaller, total));
    let mut difference = difference;
    sorted.into_iter().map(|total| (total, difference(total))).collect()
}

/// Returns the key of the owner of each known total.
fn owners(refunds: &[(&str, &mut RefundState)]) -> BTreeSet<String> {
    let mut owners = BTreeMap::new();
    for (key, refund) in refunds {
        let Some(total) = refund.facts.order_refunded_minor else { continue };
        // Sorted, the earliest known time comes first, and no time comes last.
        let time = (refund.occurred_at.is_none(), refund.occurred_at);
        let candidate = (time, Reverse(is_numbered(refund)), *key);
        let owner = owners.entry(total).or_insert(candidate);
        *owner = candidate.min(*owner);
    }
    owners.into_values().map(|(_, _, key)| key.to_owned()).collect()
}

/// Returns the keys of the refunds that are another one of the list, reported again.
fn repeats(refunds: &[(&str, &mut RefundState)]) -> BTreeSet<String> {
    let mut first = BTreeMap::new();
    let same = |refund: &RefundState| refund.facts.order_refunded_minor.zip(refund.occurred_at);
    for (key, refund) in refunds {
        let Some(same) = same(refund) else { continue };
        let candidate = (Reverse(is_numbered(refund)), *key);
        let known = first.entry(same).or_insert(candidate);
        *known = candidate.min(*known);
    }
    let is_repeat = |key: &str, refund: &RefundState| {
        let known = same(refund).and_then(|same| first.get(&same));
        !is_numbered(refund) && known.is_some_and(|(_, first)| *first != key)
    };
    let repeats = refunds.iter().filter(|(key, refund)| is_repeat(key, refund));
    repeats.map(|(key, _)| (*key).to_owned()).collect()
}

/// Returns whether a refund has a number of the merchant's. Without one, it has the order's.
fn is_numbered(refund: &RefundState) -> bool {
    refund.cumulative_within.as_deref() != Some(refund.merchant_refund_id.as_str())
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::derive_amounts;
    use crate::refund::{
        Authenticity, Facts, Flag, Payload, RefundEvent, RefundKey, RefundState, RefundStatus,
        Unread, fold,
    };

    struct Reported {
        key: &'static str,
        id: &'static str,
        second: Option<i64>,
        total: Option<i64>,
        settled: Option<i64>,
    }

    /// A refund with a number of the merchant's.
    fn numbered(key: &'static str, second: i64, total: i64) -> Reported {
        Reported { key, id: key, second: Some(second), total: Some(total), settled: None }
    }

    fn unnumbered(key: &'static str, second: i64, total: i64) -> Reported {
        Reported { id: "T", ..numbered(key, second, total) }
    }

    fn settled(key: &'static str, settled: i64) -> Reported {
        Reported { key, id: key, second: None, total: None, settled: Some(settled) }
    }

    fn state(reported: &Reported) -> RefundState {
        let event = RefundEvent {
            key: RefundKey::new(reported.key),
            merchant_refund_id: reported.id.into(),
            status: RefundStatus::Succeeded,
            provider_status: "TRADE_SUCCESS".into(),
            authenticity: Authenticity::Verified,
            currency: Some("CNY".into()),
            currency_exponent: Some(2),
            occurred_at: reported
                .second
                .map(|second| OffsetDateTime::from_unix_timestamp(second).unwrap()),
            kind_rank: None,
            cumulative_within: Some("T".into()),
            facts: Facts {
                order_refunded_minor: reported.total,
                settlement_amount_minor: reported.settled,
                ..Facts::default()
            },
            unread: Unread::default(),
            flags: [].into(),
            payload: Payload::default(),
            digest_before_erasure: None,
        };
        fold([&event]).unwrap()
    }

    /// The amounts of the refunds, and whether each needs attention.
    fn derived(order: &[Reported]) -> Vec<(Option<i64>, bool)> {
        let mut states: Vec<RefundState> = order.iter().map(state).collect();
        let keys = order.iter().map(|it| it.key);
        derive_amounts(&mut keys.zip(&mut states).collect::<Vec<_>>());
        for state in &states {
            let is_missing = state.flags.contains(&Flag::AmountMissing);
            assert_ne!(is_missing, state.flags.contains(&Flag::AmountDerived));
            assert!(!is_missing || state.facts.amount_minor.is_none());
        }
        let shown = |state: &RefundState| (state.facts.amount_minor, state.needs_attention());
        states.iter().map(shown).collect()
    }

    #[test]
    fn an_amount_is_the_difference_to_the_next_smaller_total_in_any_order() {
        let amounts = |totals: &[i64]| -> Vec<i64> {
            let keys = ["a", "b", "c"];
            let order: Vec<_> =
                keys.iter().zip(totals).map(|(key, total)| numbered(key, 1, *total)).collect();
            derived(&order).into_iter().filter_map(|(amount, _)| amount).collect()
        };
        assert_eq!(amounts(&[100]), [100]);
        assert_eq!(amounts(&[300, 100]), [200, 100]);
        assert_eq!(amounts(&[300, 100, 250]), [50, 100, 150]);
    }

    #[test]
    fn of_equal_totals_the_earliest_refund_owns_the_difference() {
        let order = [numbered("a", 2, 100), numbered("b", 1, 100), numbered("c", 3, 130)];
        assert_eq!(derived(&order), [(None, true), (Some(100), false), (Some(30), false)]);
        let order = [numbered("b", 1, 100), numbered("a", 1, 100)];
        assert_eq!(derived(&order), [(None, true), (Some(100), false)]);
    }

    #[test]
    fn a_refund_that_is_reported_again_without_its_number_counts_once() {
        let order = [unnumbered("T/1", 1, 100), numbered("z", 1, 100)];
        assert_eq!(derived(&order), [(None, false), (Some(100), false)]);
        let order = [unnumbered("T/1.0", 1, 100), unnumbered("T/1", 1, 100)];
        assert_eq!(derived(&order), [(None, false), (Some(100), false)]);
        // Another time is another refund.
        let order = [unnumbered("T/1", 2, 100), numbered("z", 1, 100)];
        assert_eq!(derived(&order), [(None, true), (Some(100), false)]);
    }

    #[test]
    fn a_settlement_is_the_amount_only_while_no_total_is_known() {
        assert_eq!(derived(&[settled("a", 7)]), [(Some(7), false)]);
        let order = [settled("a", 7), numbered("b", 1, 100)];
        assert_eq!(derived(&order), [(None, true), (Some(100), false)]);
    }
}
