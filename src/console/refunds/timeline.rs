//! The story of a refund as a timeline: deliveries with our answers, the events in them, and what
//! people noted.

use maud::{Markup, html};
use time::OffsetDateTime;

use crate::console::page::{amount, mark, text, written};
use crate::console::visit::Visit;
use crate::query::Times;
use crate::store::{Note, Noted, Resolved, Row, Story};

/// The most characters of an answer that the timeline shows. The page of the delivery has all.
const LONGEST_ANSWER: usize = 80;

/// Returns the timeline, the oldest entry first.
pub(super) fn timeline(visit: &Visit, refund: &Row, story: &Story) -> Markup {
    let mut entries: Vec<(Option<OffsetDateTime>, u8, Markup)> = Vec::new();
    for delivery in &story.deliveries {
        let at = Times::parse(delivery.text("received_at"));
        entries.push((at, 0, of_delivery(visit, delivery)));
    }
    for event in &story.events {
        let at = Times::parse(event.text("received_at"));
        let is_winning = event.integer("seq") == refund.integer("last_seq");
        entries.push((at, 1, of_event(visit, event, is_winning)));
    }
    for resolved in &story.resolutions {
        entries.push((Some(resolved.at), 2, of_resolution(visit, resolved)));
    }
    for note in &story.notes {
        entries.push((Some(note.at), 2, of_note(visit, note)));
    }
    entries.sort_by_key(|(at, order, _)| (*at, *order));
    html! {
        ol.timeline { @for (_, _, entry) in entries { (entry) } }
    }
}

fn of_delivery(visit: &Visit, delivery: &Row) -> Markup {
    let id = delivery.text("delivery_id");
    let reason = delivery.text("reason");
    html! {
        li.delivery {
            (visit.time(delivery.text("received_at")))
            div {
                p {
                    a href=(visit.link(&format!("deliveries/{id}"), &[])) { "Delivery" } " "
                    (mark(delivery.text("verdict")))
                    @if !reason.is_empty() { " " code { (reason) } }
                    @if delivery.has("key_id") { " " small { "key " (delivery.text("key_id")) } }
                }
                (answer(delivery, recorded_after(delivery)))
            }
        }
    }
}

fn answer(delivery: &Row, after: Option<String>) -> Markup {
    if delivery.has("replayed_from") {
        return html! { p.answer { "A replay of a kept delivery: nobody got an answer." } };
    }
    let body = delivery.text("response_body");
    let short: String = body.chars().take(LONGEST_ANSWER).collect();
    html! {
        p.answer {
            "We answered " b { (delivery.plain("response_status").unwrap_or_default()) }
            @if !body.is_empty() {
                " " code { (text(&short)) @if short.len() < body.len() { "…" } }
            }
            @if let Some(after) = after { " " small { "recorded after " (after) } }
        }
    }
}

/// Returns how long after its receipt a delivery was recorded. The answer follows at once, except
/// that a refusal is answered first.
fn recorded_after(delivery: &Row) -> Option<String> {
    let recorded = Times::parse(delivery.text("recorded_at"))?;
    let took = recorded - Times::parse(delivery.text("received_at"))?;
    (!took.is_negative()).then(|| format!("{} ms", took.whole_milliseconds()))
}

fn of_event(visit: &Visit, event: &Row, is_newest: bool) -> Markup {
    let is_derived = event.text("source") == "derived";
    html! {
        li.event.newest[is_newest] {
            (visit.time(event.text("received_at")))
            div {
                p {
                    @if is_derived { "Derived event: another refund of the order changed this one. " }
                    (mark(event.text("status"))) " " (amount(event)) " "
                    @if event.text("provider_status") != event.text("status") {
                        "the provider says " code { (text(event.text("provider_status"))) } " "
                    }
                    small { (effect(event.text("effect"))) }
                }
                @if event.has("occurred_at") {
                    p.answer { "It happened at " (visit.time(event.text("occurred_at"))) }
                }
            }
        }
    }
}

/// Returns what an event did to its refund, in words.
fn effect(word: &str) -> &str {
    match word {
        "changed" => "changed the status",
        "enriched" => "added facts",
        "none" => "changed nothing",
        other => other,
    }
}

fn of_resolution(visit: &Visit, resolved: &Resolved) -> Markup {
    html! {
        li.note {
            (visit.at(resolved.at))
            div { p { b { (text(&resolved.who)) } " has looked: " (written(&resolved.note)) } }
        }
    }
}

fn of_note(visit: &Visit, note: &Note) -> Markup {
    html! {
        li.note {
            (visit.at(note.at))
            div { p {
                b { (text(&note.who)) } " noted"
                @if let Noted::Delivery(id) = note.about {
                    " about a " a href=(visit.link(&format!("deliveries/{id}"), &[])) { "delivery" }
                }
                ": " (written(&note.note))
            } }
        }
    }
}
