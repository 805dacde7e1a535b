//! The flags of a refund, from all its events together.

use std::collections::BTreeSet;

use super::{Facts, Flag, RefundEvent, RefundState};

/// Returns the flags of all events, without those that no longer apply, and the flags that follow
/// from the events together.
pub(super) fn of(events: &[&RefundEvent], state: &RefundState) -> BTreeSet<Flag> {
    let of_events: BTreeSet<Flag> = events.iter().flat_map(|event| &event.flags).copied().collect();
    let lacks_amount = state.facts.amount_minor.is_none();
    let same_unit = events.iter().filter(|event| {
        unit(event).is_some()
            && unit(event) == state.currency.as_deref().zip(state.currency_exponent)
    });
    let differ = |fact: fn(&Facts) -> &Option<String>| {
        distinct(events.iter().filter_map(|event| fact(&event.facts).as_deref())) > 1
    };
    let follows = |flag| match flag {
        Flag::AmountMissing => {
            lacks_amount && (state.status.is_final() || of_events.contains(&Flag::AmountMissing))
        }
        Flag::FieldsUnread => !state.unread.is_empty(),
        Flag::CurrenciesDisagree => distinct(events.iter().filter_map(|event| unit(event))) > 1,
        Flag::AmountsDisagree => {
            distinct(same_unit.clone().filter_map(|event| event.facts.amount_minor)) > 1
        }
        Flag::IdentitiesDisagree => {
            differ(|facts| &facts.provider_payment_id)
                || differ(|facts| &facts.provider_refund_id)
                || differ(|facts| &facts.sub_merchant)
        }
        Flag::IdentityReused => is_reused(events),
        Flag::Reopened => is_reopened(events),
        // Derived later, from all refunds of the order.
        Flag::AmountDerived => false,
        Flag::EventStatusMismatch
        | Flag::AmountExceedsOrder
        | Flag::AmountNotPositive
        | Flag::ExponentAssumed
        | Flag::CurrencyUnexpected
        | Flag::StatusAssumed
        | Flag::MerchantNumberMissing
        | Flag::Reversed
        | Flag::NotCleared
        | Flag::NeedsQuery
        | Flag::Reversal
        | Flag::UnusualWhiteSpace => of_events.contains(&flag),
        // Any other event is news of the refund itself.
        Flag::FailureWithoutRefund => events.iter().all(|event| event.flags.contains(&flag)),
    };
    Flag::ALL.into_iter().filter(|flag| follows(*flag)).collect()
}

/// Returns whether events that say when the refund was made belong to different refunds.
fn is_reused(events: &[&RefundEvent]) -> bool {
    let facts = events.iter().map(|event| &event.facts);
    let made = facts.filter(|facts| facts.provider_created_at.is_some());
    distinct(made.clone().filter_map(|facts| Some(facts.provider_created_at?.unix_timestamp()))) > 1
        || distinct(made.filter_map(|facts| facts.provider_refund_id.as_deref())) > 1
}

/// Returns whether, by the provider's times, an event that is not final came after all final ones.
fn is_reopened(events: &[&RefundEvent]) -> bool {
    let newest = |is_final: bool| {
        let of_kind = events.iter().filter(|event| event.status.is_final() == is_final);
        of_kind.filter_map(|event| event.occurred_at).max()
    };
    matches!((newest(true), newest(false)), (Some(last), Some(open)) if open > last)
}

/// The currency of an event's amounts, with its decimals.
pub(super) fn unit(event: &RefundEvent) -> Option<(&str, u8)> {
    event.currency.as_deref().zip(event.currency_exponent)
}

/// Returns how many different values there are.
pub(super) fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> usize {
    values.collect::<BTreeSet<T>>().len()
}
