//! The forms of actions. Who may not act sees none.

use maud::{Markup, html};

use crate::access::Permission;
use crate::console::page::{hidden, query};
use crate::console::visit::Visit;
use crate::query::{DeliveriesFilter, LONGEST_NOTE};
use crate::store::{DeliveryDetail, Row};
use refund_providers::contract::Verdict;

/// The parameters of a list that select no rows.
const NO_FILTERS: [&str; 4] = ["after", "limit", "sort", "columns"];

/// Returns the form that notes that a person has looked at a refund.
pub(in crate::console) fn for_refund(visit: &Visit, refund: &Row) -> Markup {
    let id = refund.text("refund_id");
    html! {
        @if visit.caller.may(Permission::Act) {
            section.actions aria-labelledby="act" {
                h2 id="act" { "Note what you found" }
                form.action method="post" action=(visit.link(&format!("refunds/{id}/note"), &[])) {
                    (note("What you found or did"))
                    p.buttons {
                        button type="submit" { "Note" }
                        button type="submit"
                            formaction=(visit.link(&format!("refunds/{id}/resolve"), &[])) { "Resolve" }
                        small {
                            "A note changes nothing. What is resolved needs no attention until the \
                             provider reports something new."
                        }
                    }
                }
            }
        }
    }
}

/// Returns the forms for one delivery: to note something, and to repair or dismiss it if it may need
/// that.
pub(in crate::console) fn for_delivery(visit: &Visit, delivery: &DeliveryDetail) -> Markup {
    let id = delivery.summary.text("delivery_id");
    html! {
        @if visit.caller.may(Permission::Act) {
            @let may_need_repair = needs_repair(&delivery.summary);
            section.actions aria-labelledby="act" {
                h2 id="act" { "Act" }
                @if may_need_repair { (replay(visit, "Judge it again", "it", &hidden("id", Some(id)))) }
                form.action method="post" action=(visit.link("deliveries/note", &[])) {
                    (hidden("id", Some(id)))
                    (note("What you found or did"))
                    p.buttons {
                        button type="submit" { "Note" }
                        @if may_need_repair {
                            button type="submit" formaction=(visit.link("deliveries/dismiss", &[])) {
                                "Dismiss"
                            }
                        }
                        small {
                            "A note changes nothing."
                            @if may_need_repair { " What is dismissed waits no longer." }
                        }
                    }
                }
            }
        }
    }
}

/// Returns whether a delivery may need repair: it was refused, or not all of it could be read.
pub(in crate::console) fn needs_repair(delivery: &Row) -> bool {
    let verdict = delivery.text("verdict");
    [Verdict::Refused, Verdict::Unreadable].iter().any(|one| one.as_str() == verdict)
}

/// Returns the forms for all deliveries that match the filter of the list.
pub(in crate::console) fn for_deliveries(visit: &Visit, filter: &DeliveriesFilter) -> Markup {
    let filters = query::without(&visit.query, &NO_FILTERS);
    let filters = filters.trim_start_matches('?');
    let all = hidden("filters", Some(filters));
    html! {
        @if visit.caller.may(Permission::Act) {
            details.actions {
                summary { "Act on all that match" }
                (replay(visit, "Judge all that match again", "them", &all))
                @if *filter != DeliveriesFilter::default() {
                    (dismiss(visit, &all))
                }
            }
        }
    }
}

fn replay(visit: &Visit, name: &str, what: &str, which: &Markup) -> Markup {
    html! {
        form.action method="post" action=(visit.link("deliveries/replay", &[])) {
            (which)
            input type="hidden" name="dry_run" value="true";
            p.buttons {
                button type="submit" { (name) ": dry run" }
                small { "Shows what would become of " (what) " with today's keys. Nothing is written." }
            }
        }
    }
}

fn dismiss(visit: &Visit, which: &Markup) -> Markup {
    html! {
        form.action method="post" action=(visit.link("deliveries/dismiss", &[])) {
            (which)
            (note("Why they need no repair"))
            p.buttons {
                button type="submit" { "Dismiss all that wait and match" }
                small { "They wait no longer. They stay as they are." }
            }
        }
    }
}

fn note(label: &str) -> Markup {
    html! {
        label { span { (label) } textarea name="note" required maxlength=(LONGEST_NOTE) {} }
    }
}
