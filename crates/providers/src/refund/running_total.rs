//! Refunds that a provider reports as running totals: "refunded on this order so far". The amount of
//! each is the difference to the next smaller known total of the order. Zero is always known.
//!
//! An amount follows from the *set* of totals, not from their order of arrival. It changes when a
//! smaller total arrives late.

use super::{Flag, RefundState};

/// Derives the amount of each refund of one order, and flags it as derived. A refund without a known
/// total has its settled amount, if the provider reported one.
pub fn derive_amounts(refunds: &mut [&mut RefundState]) {
    let mut totals: Vec<i64> =
        refunds.iter().filter_map(|refund| refund.facts.order_refunded_minor).collect();
    totals.sort_unstable();
    for refund in refunds {
        let own = match refund.facts.order_refunded_minor {
            Some(total) => {
                let smaller = totals.iter().rev().find(|known| **known < total).copied();
                total.checked_sub(smaller.unwrap_or_default())
            }
            None => refund.facts.settlement_amount_minor,
        };
        refund.facts.amount_minor = own;
        if own.is_some() {
            refund.flags.insert(Flag::AmountDerived);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::derive_amounts;
    use crate::refund::{
        Authenticity, Facts, Flag, Payload, RefundEvent, RefundKey, RefundState, RefundStatus,
        Unread, fold,
    };

    fn reported(total: Option<i64>, settled: Option<i64>) -> RefundState {
        let event = RefundEvent {
            key: RefundKey::new("R"),
            merchant_refund_id: "R".into(),
            status: RefundStatus::Succeeded,
            provider_status: "TRADE_SUCCESS".into(),
            authenticity: Authenticity::Verified,
            currency: Some("CNY".into()),
            currency_exponent: Some(2),
            occurred_at: None,
            cumulative_within: Some("T".into()),
            facts: Facts {
                order_refunded_minor: total,
                settlement_amount_minor: settled,
                ..Facts::default()
            },
            unread: Unread::default(),
            flags: [].into(),
            payload: Payload::default(),
        };
        fold([&event]).unwrap()
    }

    fn amounts(totals: &[Option<i64>]) -> Vec<Option<i64>> {
        let mut states: Vec<RefundState> =
            totals.iter().map(|total| reported(*total, Some(7))).collect();
        derive_amounts(&mut states.iter_mut().collect::<Vec<_>>());
        assert!(states.iter().all(|state| state.flags.contains(&Flag::AmountDerived)));
        states.iter().map(|state| state.facts.amount_minor).collect()
    }

    #[test]
    fn an_amount_is_the_difference_to_the_next_smaller_total_in_any_order() {
        assert_eq!(amounts(&[Some(100)]), [Some(100)]);
        assert_eq!(amounts(&[Some(300), Some(100)]), [Some(200), Some(100)]);
        assert_eq!(amounts(&[Some(300), Some(100), Some(250)]), [Some(50), Some(100), Some(150)]);
        assert_eq!(amounts(&[Some(100), Some(100)]), [Some(100), Some(100)]);
        assert_eq!(amounts(&[None, Some(100)]), [Some(7), Some(100)]);
    }
}
