//! The list of deliveries.

use axum::extract::State;
use axum::response::{Html, Response};
use maud::{Markup, html};

use super::filter::form;
use crate::api::{self, conditions};
use crate::console::actions::for_deliveries;
use crate::console::page::{Failed, Section, chips, mark, pages, text};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::{Asked, DeliveriesFilter, PageWords};
use crate::store::{Listed, ListedTime, Page, Row};

/// The filters that people choose most, each with its query.
const USUAL: [(&str, &str); 4] = [
    ("All", ""),
    ("Waiting", "?waiting=true"),
    ("Refused", "?verdict=refused"),
    ("Unreadable", "?verdict=unreadable"),
];

/// Shows a page of the list.
pub(in crate::console) async fn list(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    let (filter, words, asked) = read(&operator, &mut visit, false).await?;
    let Page { rows, next } = operator.readers.list(&asked.query).await?;
    let content = html! {
        h1 { "Deliveries" }
        (chips(&visit, "deliveries", &USUAL))
        (form(&operator, &visit, &filter, &words))
        (for_deliveries(&visit, &filter))
        (table(&visit, &rows))
        (pages(&visit, "deliveries", words.after.is_none(), next.map(|next| next.word())))
    };
    Ok(Html(visit.page(Section::Deliveries, "Deliveries", &content).into_string()))
}

/// Exports what the list shows, with the rows of all its pages.
pub(in crate::console) async fn csv(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Response, Failed> {
    let (_, _, asked) = read(&operator, &mut visit, true).await?;
    let Visit { caller, times, query, .. } = &visit;
    Ok(api::list(&operator, caller, asked, Some(times), query).await?)
}

async fn read(
    operator: &Operator,
    visit: &mut Visit,
    is_csv: bool,
) -> Result<(DeliveriesFilter, PageWords, Asked), Failed> {
    let filter = DeliveriesFilter::take(&mut visit.words)?;
    let words = PageWords::take(&mut visit.words, is_csv)?;
    visit.finish()?;
    let conditions = conditions(operator, &filter, &visit.times).await?;
    let asked = words.ask(Listed::Deliveries, ListedTime::Received, conditions, None)?;
    Ok((filter, words, asked))
}

fn table(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        @if rows.is_empty() { p.empty { "No delivery matches." } }
        @else {
            table.list.deliveries {
                thead { tr {
                    th.what scope="col" { "received" } th.status scope="col" { "verdict" }
                    th.note scope="col" { "reason" } th.account scope="col" { "account" }
                    th.count scope="col" { "answer" } th.wide scope="col" { "key" }
                    th.order scope="col" { "bytes" }
                } }
                tbody { @for row in rows { (line(visit, row)) } }
            }
        }
    }
}

fn line(visit: &Visit, row: &Row) -> Markup {
    let link = visit.link(&format!("deliveries/{}", row.text("delivery_id")), &[]);
    let is_replay = row.has("replayed_from");
    html! {
        tr {
            td.what { a href=(link) { (visit.time(row.text("received_at"))) } }
            td.status { (mark(row.text("verdict"))) }
            td.note {
                @if row.has("reason") { code { (text(row.text("reason"))) } " " }
                @if is_replay { span.flag { "a replay" } " " }
                @if row.has("replayed_by") { span.flag { "replayed" } }
            }
            td.account { (row.text("account")) " " small { (row.text("provider")) } }
            td.count {
                @if is_replay { span.none { "–" } }
                @else { (row.plain("response_status").unwrap_or_default()) }
            }
            td.wide { @if row.has("key_id") { small { (text(row.text("key_id"))) } } }
            td.order { (row.integer("body_bytes").unwrap_or_default()) }
        }
    }
}
