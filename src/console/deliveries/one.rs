//! One delivery: its verdict, our answer, what it says, why, and its content for who may see it.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::content::{Shown, content};
use super::says::{judged, says};
use super::why::why;
use crate::access::Permission;
use crate::api::{Problem, Reference, diagnosis, find, note};
use crate::console::actions::{for_delivery, needs_repair};
use crate::console::page::{Failed, Section, facts, mark, text, written};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::store::{DeliveryDetail, Dismissed, Note, Row, StoreError};

/// Shows a delivery. With `show`, an auditor also sees its content and the signed text, which the
/// audit notes.
pub(in crate::console) async fn one(
    State(operator): State<Operator>,
    Reference(id): Reference,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    let shown = Shown::read(visit.words.text("show")?.as_deref())?;
    visit.finish()?;
    if shown.is_some() {
        visit.caller.require(Permission::SeeBodies)?;
    }
    let delivery = find(&operator, &id).await?;
    let diagnosis = diagnosis(&operator, &delivery, shown.is_some()).await?;
    let judged = judged(&operator, &delivery);
    let id = delivery.summary.text("delivery_id").parse();
    let noted = operator.readers.notes_about(id.map_err(|_| StoreError::without_an_id())?).await?;
    if let Some(shown) = shown {
        let what = format!("headers, signed text and body, {}", shown.as_str());
        note(&operator, &visit.caller, &delivery, &what).await?;
    }
    let row = &delivery.summary;
    let page = html! {
        (headline(&visit, &delivery))
        (says(&visit, row.text("account"), judged.as_ref()))
        (why(&diagnosis, !needs_repair(row)))
        (for_delivery(&visit, &delivery))
        section aria-labelledby="facts" {
            h2 id="facts" { "Facts" }
            (all_facts(&visit, &delivery))
        }
        (of_people(&visit, &noted))
        (content(&visit, &delivery, shown, judged.as_ref()))
    };
    Ok(Html(visit.page(Section::Deliveries, "Delivery", &page).into_string()))
}

/// Sends the body as a file, to who may see it. The audit notes it.
pub(in crate::console) async fn body(
    State(operator): State<Operator>,
    Reference(id): Reference,
    mut visit: Visit,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::SeeBodies)?;
    let delivery = find(&operator, &id).await?;
    note(&operator, &visit.caller, &delivery, "body, downloaded").await?;
    let name = delivery.summary.text("delivery_id");
    let file: HeaderValue =
        format!("attachment; filename=\"{name}\"").parse().map_err(|_| Problem::bug())?;
    // Never the type that the sender gave: a browser would believe it.
    let any = HeaderValue::from_static("application/octet-stream");
    Ok(([(CONTENT_TYPE, any), (CONTENT_DISPOSITION, file)], delivery.body).into_response())
}

fn headline(visit: &Visit, delivery: &DeliveryDetail) -> Markup {
    let row = &delivery.summary;
    html! {
        div.headline {
            h1 { (mark(row.text("verdict"))) @if row.has("reason") { code { (text(row.text("reason"))) } } }
            p {
                "Received at " (visit.time(row.text("received_at"))) " for "
                b { (row.text("account")) } " from " (row.text("provider")) ". "
                (answer(row))
            }
            @if row.has("replayed_by") {
                p { "It was replayed, and became " (to_delivery(visit, row.text("replayed_by"))) "." }
            }
            @if row.has("replayed_from") {
                p { "It is a replay of " (to_delivery(visit, row.text("replayed_from"))) "." }
            }
            @if let Some(Dismissed { dismissed_at, who, note }) = &delivery.dismissed {
                p { b { (text(who)) } " dismissed it at " (visit.at(*dismissed_at)) ": " (written(note)) }
            }
        }
    }
}

fn answer(row: &Row) -> Markup {
    let body = row.text("response_body");
    html! {
        @if row.has("replayed_from") { "Nobody got an answer." }
        @else {
            "We answered " b { (row.plain("response_status").unwrap_or_default()) }
            @if !body.is_empty() { " " code { (text(body)) } }
        }
    }
}

/// Returns what people noted.
fn of_people(visit: &Visit, noted: &[Note]) -> Markup {
    html! {
        @if !noted.is_empty() {
            section aria-labelledby="notes" {
                h2 id="notes" { "Notes" }
                ol.timeline {
                    @for note in noted {
                        li.note {
                            (visit.at(note.at))
                            div { p { b { (text(&note.who)) } " noted: " (written(&note.note)) } }
                        }
                    }
                }
            }
        }
    }
}

fn to_delivery(visit: &Visit, id: &str) -> Markup {
    html! { a href=(visit.link(&format!("deliveries/{id}"), &[])) { "delivery " code { (id) } } }
}

fn all_facts(visit: &Visit, delivery: &DeliveryDetail) -> Markup {
    let row = &delivery.summary;
    // A query may hold what only a header should.
    let path = delivery.path_and_query.split('?').next().unwrap_or_default();
    let mut all = vec![
        ("Client address", html! { (delivery.client_address.as_deref().unwrap_or("–")) }),
        ("Path", text(path)),
        ("Body", html! { (row.integer("body_bytes").unwrap_or_default()) " bytes" }),
        ("SHA-256 of the body", html! { code { (row.text("body_sha256")) } }),
    ];
    if row.has("key_id") {
        all.push(("Key", text(row.text("key_id"))));
    }
    if let Some(form) = &delivery.signature_form {
        all.push(("Form of the signed text", text(form)));
    }
    let id = row.text("delivery_id");
    all.push(("Delivery", html! { code { (id) } }));
    all.push(("Received", visit.time(row.text("received_at"))));
    facts(&all)
}
