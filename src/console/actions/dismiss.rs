//! Dismisses deliveries: one at once, and all that match after the operator saw how many they are.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use maud::html;

use super::posted::{Selection, take_note};
use crate::access::Permission;
use crate::api::Problem;
use crate::console::page::{Failed, Section, hidden, see, written};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::{PageWords, Words};
use crate::store::{Condition, Dismissal, ListQuery, Listed};

/// Notes that a person has looked at deliveries.
pub(in crate::console) async fn dismiss(
    State(operator): State<Operator>,
    mut visit: Visit,
    body: Bytes,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let mut words = Words::posted(&body)?;
    let note = take_note(&mut words)?;
    let is_confirmed = words.flag("confirmed")?;
    let selection = Selection::take(&operator, &mut words).await?;
    words.finish()?;
    let (who, via) = (visit.caller.name.as_str(), visit.caller.via.as_str());
    let dismissal = |subject| Dismissal { subject, who, via, note: &note, at: visit.times.now };
    match selection {
        Selection::One(id) => {
            let subject = format!("delivery {id}");
            operator.actions.dismiss_deliveries(&[id], &dismissal(&subject)).await?;
            Ok(see(&visit.link(&format!("deliveries/{id}"), &[])))
        }
        // A filter that leaves everything would dismiss everything.
        Selection::All(conditions, _) if conditions.is_empty() => {
            Err(Problem::bad_request("expected a filter, or the id of a delivery").into())
        }
        Selection::All(conditions, filters) if !is_confirmed => {
            ask(&operator, &visit, conditions, &filters, &note).await
        }
        Selection::All(conditions, _) => {
            let dismissal = dismissal("deliveries that matched a filter");
            let dismissed = operator.actions.dismiss_matching(conditions, &dismissal).await?;
            let content = html! {
                h1 { "Dismissed" }
                p { b { (dismissed) } " deliveries wait no longer." }
                p { a href=(visit.link("deliveries", &[("waiting", "true")])) { "What still waits" } }
            };
            Ok(Html(visit.page(Section::Deliveries, "Dismissed", &content).into_string())
                .into_response())
        }
    }
}

/// Shows how many deliveries would be dismissed, and asks once more.
async fn ask(
    operator: &Operator,
    visit: &Visit,
    mut conditions: Vec<Condition>,
    filters: &str,
    note: &str,
) -> Result<Response, Failed> {
    conditions.push(Condition::Waiting);
    let query = ListQuery { conditions, ..ListQuery::newest(Listed::Deliveries, PageWords::MOST) };
    let page = operator.readers.list(&query).await?;
    let (count, more) = (page.rows.len(), page.next.is_some());
    let content = html! {
        h1 { "Dismiss deliveries" }
        p { b { @if more { "more than " } (count) } " deliveries wait and match." }
        @if count > 0 {
            form.action method="post" action=(visit.link("deliveries/dismiss", &[])) {
                (hidden("filters", Some(filters)))
                (hidden("note", Some(note)))
                (hidden("confirmed", Some("true")))
                p { "The note: " (written(note)) }
                p.buttons {
                    button.main type="submit" { "Dismiss them now" }
                    a href=(visit.link("deliveries", &[])) { "Leave them" }
                }
            }
        }
    };
    Ok(Html(visit.page(Section::Deliveries, "Dismiss deliveries", &content).into_string())
        .into_response())
}
