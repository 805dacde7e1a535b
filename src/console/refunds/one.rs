//! One refund: what it is, what is remarkable about it, and its story.

use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};

use super::timeline::timeline;
use crate::api::Reference;
use crate::console::actions::for_refund;
use crate::console::page::{Failed, Section, amount, facts, mark, minor, text};
use crate::console::visit::Visit;
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::store::Row;
use refund_providers::refund::Flag;

/// The texts that are shown as they are, each with its name.
const TEXTS: [(&str, &str); 12] = [
    ("Refund", "merchant_refund_id"),
    ("Provider's refund", "provider_refund_id"),
    ("Order", "merchant_order_id"),
    ("Payment", "provider_payment_id"),
    ("Merchant's reference", "merchant_reference"),
    ("Merchant within the account", "sub_merchant"),
    ("Channel", "channel"),
    ("Receiving account", "receiving_account"),
    ("Reason", "reason"),
    ("Failure", "failure_code"),
    ("Failure message", "failure_message"),
    ("Settlement", "settlement_status"),
];

/// The amounts in the refund's currency, each with its name.
const AMOUNTS: [(&str, &str); 6] = [
    ("Order's amount", "order_amount_minor"),
    ("Refunded of the order", "order_refunded_minor"),
    ("Fee refunded", "fee_refunded_minor"),
    ("Payer's amount", "payer_amount_minor"),
    ("Settlement amount", "settlement_amount_minor"),
    ("Discount", "discount_amount_minor"),
];

/// The times, each with its name.
const TIMES: [(&str, &str); 5] = [
    ("Created at the provider", "provider_created_at"),
    ("Completed", "completed_at"),
    ("Settled", "settled_at"),
    ("First received", "first_received_at"),
    ("Last received", "last_received_at"),
];

/// Shows a refund.
pub(in crate::console) async fn one(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    visit.finish()?;
    let refund = one_refund(&operator.readers, &reference, None).await?;
    let story = operator.readers.story(&refund).await?;
    let number = refund.text("merchant_refund_id");
    let of_refund = [("refund", refund.text("refund_id"))];
    let content = html! {
        (headline(&refund))
        (remarkable(&refund))
        section aria-labelledby="story" {
            h2 id="story" { "Story" }
            (timeline(&visit, &refund, &story))
        }
        section aria-labelledby="facts" {
            h2 id="facts" { "Facts" }
            (all_facts(&visit, &refund))
        }
        (for_refund(&visit, &refund))
        nav.pages aria-label="Related pages" {
            a href=(visit.link("deliveries", &of_refund)) { "Its deliveries as a list" }
            @if refund.has("merchant_order_id") {
                a href=(visit.link("refunds", &[("order", refund.text("merchant_order_id"))])) {
                    "All refunds of its order"
                }
            }
        }
    };
    Ok(Html(visit.page(Section::Refunds, &format!("Refund {number}"), &content).into_string()))
}

fn headline(refund: &Row) -> Markup {
    html! {
        div.headline {
            h1 { (amount(refund)) " " (mark(refund.text("status"))) }
            p {
                "Refund " b { (text(refund.text("merchant_refund_id"))) } " of "
                b { (refund.text("account")) } " at " (refund.text("provider"))
                "; the provider says " code { (text(refund.text("provider_status"))) }
            }
        }
    }
}

/// Returns what a person should know first, in sentences.
fn remarkable(refund: &Row) -> Markup {
    let flags = refund.texts("flags");
    let is_plain = flags.is_empty() && !refund.is("needs_attention") && !refund.is("conflicting");
    html! {
        @if !is_plain {
            ul.remarks {
                @if refund.is("needs_attention") {
                    li.alarm { "It needs attention: no person has looked at it yet." }
                }
                @if refund.is("conflicting") {
                    li { b { "conflicting" } " The provider reported different final statuses." }
                }
                @for word in flags {
                    li {
                        b { (word.replace('_', " ")) } " "
                        (Flag::from_word(word).map_or("", Flag::sentence))
                        @if word == Flag::FieldsUnread.as_str() {
                            " (" (text(&refund.texts("unread_fields").join(", "))) ")"
                        }
                    }
                }
            }
        }
    }
}

fn all_facts(visit: &Visit, refund: &Row) -> Markup {
    let mut all: Vec<(&str, Markup)> = Vec::new();
    for (name, column) in TEXTS {
        if refund.has(column) {
            all.push((name, text(refund.text(column))));
        }
    }
    for (name, column) in AMOUNTS {
        if let Some(amount) = refund.integer(column) {
            let exponent = refund.integer("currency_exponent");
            all.push((name, minor(Some(amount), exponent, refund.text("currency"))));
        }
    }
    for (name, column) in TIMES {
        if refund.has(column) {
            all.push((name, visit.time(refund.text(column))));
        }
    }
    let counts = html! {
        (counted(refund, "delivery_count", "delivery", "deliveries")) ", "
        (counted(refund, "event_count", "event", "events"))
    };
    all.push(("Arrived in", counts));
    all.push(("How we know", html! { (refund.text("authenticity")) }));
    all.push(("Our id", html! { code { (refund.text("refund_id")) } }));
    facts(&all)
}

/// Returns a count with its noun.
fn counted(refund: &Row, column: &str, one: &str, several: &str) -> String {
    let count = refund.integer(column).unwrap_or_default();
    format!("{count} {}", if count == 1 { one } else { several })
}
