//! The form with the filters of refunds.

use maud::{Markup, html};

use crate::console::page::{account_names, check, choice, choices, field, filters};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::{PageWords, RefundsFilter};
use crate::store::ListedTime;
use refund_providers::provider::registry::DEFINITIONS;
use refund_providers::refund::{Flag, RefundStatus};

/// Returns the form, filled in.
pub(super) fn form(
    operator: &Operator,
    visit: &Visit,
    filter: &RefundsFilter,
    words: &PageWords,
) -> Markup {
    let accounts = account_names(operator);
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let providers: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
    let rare = [
        &filter.provider,
        &filter.flag,
        &filter.currency,
        &filter.order,
        &filter.payment,
        &filter.by,
        &filter.older_than,
        &filter.as_of,
        &words.sort,
        &visit.frame.zone,
    ];
    let is_open = filter.conflicting || rare.iter().any(|word| word.is_some());
    let usual = html! {
        (choice("account", "Account", filter.account.as_ref(), &accounts))
        (field("since", "Received since", filter.since.as_ref(), "2026-11-01, 3d, today"))
        (field("until", "until", filter.until.as_ref(), "2026-12-01"))
        (field("amount", "Amount", filter.amount.as_ref(), "88.50 or 50..100"))
        (choices("status", "Status", &filter.status, &RefundStatus::ALL.map(RefundStatus::as_str)))
        fieldset {
            legend { "Only" }
            (check("open", "open", filter.open))
            (check("attention", "needs attention", filter.attention))
        }
    };
    let rare = html! {
        (choice("provider", "Provider", filter.provider.as_ref(), &providers))
        (choice("flag", "Flag", filter.flag.as_ref(), &Flag::ALL.map(Flag::as_str)))
        (field("currency", "Currency", filter.currency.as_ref(), "HKD"))
        (field("order", "Order", filter.order.as_ref(), ""))
        (field("payment", "Payment", filter.payment.as_ref(), ""))
        (field("older_than", "Older than", filter.older_than.as_ref(), "3d"))
        (choice("by", "The time is", filter.by.as_ref(),
                        &ListedTime::ALL.map(ListedTime::as_str)))
        (field("as_of", "As known at", filter.as_of.as_ref(),
                        "2026-10-31T23:59:59+08:00"))
        (field("sort", "Sort by", words.sort.as_ref(), "-amount_minor"))
        (field("zone", "Zone of dates", visit.frame.zone.as_ref(),
                        "Asia/Hong_Kong"))
        (check("conflicting", "conflicting", filter.conflicting))
    };
    filters("refunds", &usual, &rare, is_open)
}
