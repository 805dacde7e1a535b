//! The form with the filters of deliveries.

use maud::{Markup, html};

use crate::console::page::{account_names, check, choice, choices, field, filters};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::{DeliveriesFilter, PageWords};
use refund_providers::contract::{Outcome, Verdict};
use refund_providers::provider::registry::DEFINITIONS;

/// Returns the form, filled in.
pub(super) fn form(
    operator: &Operator,
    visit: &Visit,
    filter: &DeliveriesFilter,
    words: &PageWords,
) -> Markup {
    let accounts = account_names(operator);
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let providers: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
    let rare = [
        &filter.provider,
        &filter.key,
        &filter.client,
        &filter.refund,
        &words.sort,
        &visit.frame.zone,
    ];
    let undecryptable = Outcome::Undecryptable.as_str();
    let is_undecryptable = filter.verdict.iter().any(|verdict| verdict == undecryptable);
    let is_open = filter.replayed || is_undecryptable || rare.iter().any(|word| word.is_some());
    let usual = html! {
        (choice("account", "Account", filter.account.as_ref(), &accounts))
        (field("since", "Received since", filter.since.as_ref(), "2026-11-01, 3d, today"))
        (field("until", "until", filter.until.as_ref(), "2026-12-01"))
        (field("reason", "Reason", filter.reason.as_ref(), "signature_mismatch"))
        (choices("verdict", "Verdict", &filter.verdict, &Verdict::ALL.map(Verdict::as_str)))
        fieldset {
            legend { "Only" }
            (check("waiting", "waiting for a person", filter.waiting))
        }
    };
    let rare = html! {
        (choice("provider", "Provider", filter.provider.as_ref(), &providers))
        (field("key", "Key that verified it", filter.key.as_ref(), ""))
        (field("client", "Client address", filter.client.as_ref(), "192.0.2.1"))
        (field("refund", "Refund's number", filter.refund.as_ref(), ""))
        (field("sort", "Sort by", words.sort.as_ref(), "-body_bytes"))
        (field("zone", "Zone of dates", visit.frame.zone.as_ref(), "Asia/Hong_Kong"))
        (check("replayed", "replayed, or a replay", filter.replayed))
        label.check {
            input type="checkbox" name="verdict" value=(undecryptable)
                checked[is_undecryptable];
            span { (undecryptable) " alone" }
        }
    };
    filters("deliveries", &usual, &rare, is_open)
}
