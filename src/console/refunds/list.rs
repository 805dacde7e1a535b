//! The list of refunds.

use axum::extract::State;
use axum::response::{Html, Response};
use maud::{Markup, html};

use super::filter::form;
use crate::api::{self, require_known};
use crate::console::page::{Failed, Section, amount, chips, mark, pages, text};
use crate::console::visit::Visit;
use crate::lookup::{NotFound, refunds};
use crate::operator::Operator;
use crate::query::{Asked, PageWords, RefundsFilter};
use crate::store::{Listed, Page, Row};

/// The filters that people choose most, each with its query.
const USUAL: [(&str, &str); 4] = [
    ("All", ""),
    ("Needs attention", "?attention=true"),
    ("Open", "?open=true"),
    ("Failed", "?status=failed"),
];

/// Shows a page of the list.
pub(in crate::console) async fn list(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    if let Some(number) = visit.words.text("number")? {
        visit.finish()?;
        return with_number(&operator, &visit, &number).await;
    }
    let (filter, words, asked) = read(&operator, &mut visit, false)?;
    let Page { rows, next } = operator.readers.list(&asked.query).await?;
    let content = html! {
        h1 { "Refunds" }
        (chips(&visit, "refunds", &USUAL))
        (form(&operator, &visit, &filter, &words))
        (table(&visit, &rows))
        (pages(&visit, "refunds", words.after.is_none(), next.map(|next| next.word())))
    };
    Ok(Html(visit.page(Section::Refunds, "Refunds", &content).into_string()))
}

/// Exports what the list shows, with the rows of all its pages.
pub(in crate::console) async fn csv(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Response, Failed> {
    let (_, _, asked) = read(&operator, &mut visit, true)?;
    let Visit { caller, times, query, .. } = &visit;
    Ok(api::list(&operator, caller, asked, Some(times), query).await?)
}

fn read(
    operator: &Operator,
    visit: &mut Visit,
    is_csv: bool,
) -> Result<(RefundsFilter, PageWords, Asked), Failed> {
    let filter = RefundsFilter::take(&mut visit.words)?;
    let words = PageWords::take(&mut visit.words, is_csv)?;
    visit.finish()?;
    let (by, as_of) = (filter.time()?, filter.as_of(&visit.times)?);
    let asked = words.ask(Listed::Refunds, by, filter.conditions(&visit.times)?, as_of)?;
    require_known(operator, filter.account.as_deref())?;
    Ok((filter, words, asked))
}

/// Shows the refunds that share a number, such as that of their order.
async fn with_number(
    operator: &Operator,
    visit: &Visit,
    number: &str,
) -> Result<Html<String>, Failed> {
    let rows = match refunds(&operator.readers, number, None).await {
        Ok(rows) => rows,
        Err(NotFound::NoRefund(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let content = html! {
        h1 { "Refunds with the number " code { (text(number)) } }
        (table(visit, &rows))
    };
    Ok(Html(visit.page(Section::Refunds, "Refunds", &content).into_string()))
}

fn table(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        @if rows.is_empty() { p.empty { "No refund matches." } }
        @else {
            table.list.refunds {
                thead { tr {
                    th.what scope="col" { "refund" } th.account scope="col" { "account" }
                    th.money scope="col" { "amount" } th.status scope="col" { "status" }
                    th.when scope="col" { "received" } th.order scope="col" { "order" }
                    th.note scope="col" { "flags" }
                } }
                tbody { @for row in rows { (line(visit, row)) } }
            }
        }
    }
}

fn line(visit: &Visit, row: &Row) -> Markup {
    let link = visit.link(&format!("refunds/{}", row.text("refund_id")), &[]);
    html! {
        tr {
            td.what { a href=(link) { (text(row.text("merchant_refund_id"))) } }
            td.account { (row.text("account")) " " small { (row.text("provider")) } }
            td.money { (amount(row)) }
            td.status { (mark(row.text("status"))) }
            td.when { (visit.time(row.text("first_received_at"))) }
            td.order { (text(row.text("merchant_order_id"))) }
            td.note {
                @if row.is("needs_attention") { span.alarm { "needs attention" } " " }
                @if row.is("conflicting") { span.flag { "conflicting" } " " }
                @for flag in row.texts("flags") { span.flag { (flag.replace('_', " ")) } " " }
            }
        }
    }
}
