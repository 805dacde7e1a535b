//! The filters that the options of a list describe.

use crate::command::Failure;
use crate::command::arguments::{DeliveriesFilter, RefundsListOptions};
use crate::query::{self, Times};
use crate::store::Condition;

/// Returns the filter of refunds.
pub(in crate::command) fn refunds(options: &RefundsListOptions) -> query::RefundsFilter {
    query::RefundsFilter {
        account: options.account.clone(),
        provider: options.provider.clone(),
        status: options.status.clone(),
        open: options.open,
        attention: options.attention,
        conflicting: options.conflicting,
        flag: options.flag.clone(),
        currency: options.currency.clone(),
        amount: options.amount.clone(),
        order: options.order.clone(),
        payment: options.payment.clone(),
        since: options.since.clone(),
        until: options.until.clone(),
        by: Some(options.by.clone()),
        older_than: options.older_than.clone(),
        as_of: options.as_of.clone(),
    }
}

/// Returns the filter of deliveries.
pub(in crate::command) fn filter_of_deliveries(
    options: &DeliveriesFilter,
) -> query::DeliveriesFilter {
    query::DeliveriesFilter {
        account: options.account.clone(),
        provider: options.provider.clone(),
        verdict: options.verdict.clone(),
        reason: options.reason.clone(),
        key: options.key.clone(),
        client: options.client.clone(),
        refund: options.refund.clone(),
        replayed: options.replayed,
        waiting: options.waiting,
        since: options.since.clone(),
        until: options.until.clone(),
    }
}

/// Returns the conditions on deliveries, except that on their refund.
pub(in crate::command) fn deliveries(
    options: &DeliveriesFilter,
    times: &Times,
) -> Result<Vec<Condition>, Failure> {
    Ok(filter_of_deliveries(options).conditions(times)?)
}
