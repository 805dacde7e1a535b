//! The first page: what waits for a person, and what arrived lately.

use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};

use super::charts::{Counts, Spans, columns};
use super::page::{Failed, Section, minor};
use super::visit::Visit;
use crate::lookup::{Kind, StatusRow, status};
use crate::operator::Operator;
use crate::query::Times;
use crate::store::MOST_DRAWN;
use refund_providers::contract::{Outcome, Verdict};
use refund_providers::refund::RefundStatus;

/// The hours of the chart.
const HOURS: u16 = 24;

/// Shows what waits.
pub(super) async fn page(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    visit.finish()?;
    let accounts = operator.accounts.borrow().all();
    let accounts: Vec<_> = accounts.iter().map(|account| &**account).collect();
    let quarantine = (&*operator.quarantine).into();
    let rows = status(&accounts, quarantine, &operator.readers, &visit.times).await?;
    let chart = chart(&operator, &visit).await?;
    let content = html! {
        h1 { "What needs attention" }
        @if rows.is_empty() {
            p.calm { "Nothing waits for a person." }
        } @else {
            (table(&visit, &rows))
        }
        (chart)
    };
    Ok(Html(visit.page(Section::Attention, "What needs attention", &content).into_string()))
}

fn table(visit: &Visit, rows: &[StatusRow]) -> Markup {
    html! {
        table.list.attention {
            thead { tr {
                th.what scope="col" { "what waits" } th.count scope="col" { "count" }
                th.account scope="col" { "account" } th.money scope="col" { "money" }
                th.when scope="col" { "oldest" } th.note scope="col" { "note" }
            } }
            tbody {
                @for row in rows {
                    tr {
                        td.what {
                            @match where_to(visit, row) {
                                Some(link) => { a href=(link) { (row.kind.words()) } }
                                None => { (row.kind.words()) }
                            }
                        }
                        td.count { (row.count) }
                        td.account { (row.account.as_deref().unwrap_or("–")) }
                        td.money {
                            (minor(row.amount_minor, row.currency_exponent.map(i64::from),
                                row.currency.as_deref().unwrap_or_default()))
                        }
                        td.when {
                            @if let Some(at) = row.oldest {
                                (visit.at(at)) " " small { (visit.ago(at)) }
                            } @else { span.none { "–" } }
                        }
                        td.note {
                            @if let Some(reason) = &row.reason { code { (reason) } " " }
                            @if let Some(note) = &row.note { (note) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the page that shows what a row counts.
fn where_to(visit: &Visit, row: &StatusRow) -> Option<String> {
    let account = row.account.as_deref().unwrap_or_default();
    let of_account = ("account", account);
    let reason = row.reason.as_deref().unwrap_or_default();
    let waiting = ("waiting", "true");
    let attention = ("attention", "true");
    let (path, parameters) = match row.kind {
        Kind::Unreadable => {
            ("deliveries", vec![of_account, waiting, ("verdict", Verdict::Unreadable.as_str())])
        }
        Kind::Undecryptable => {
            ("deliveries", vec![of_account, waiting, ("verdict", Outcome::Undecryptable.as_str())])
        }
        Kind::Refused => ("deliveries", vec![of_account, waiting, ("reason", reason)]),
        Kind::Conflicting => ("refunds", vec![of_account, attention, ("conflicting", "true")]),
        Kind::UnknownStatus => {
            ("refunds", vec![of_account, attention, ("status", RefundStatus::Unknown.as_str())])
        }
        Kind::Attention => ("refunds", vec![of_account, attention]),
        Kind::Pending => {
            ("refunds", vec![of_account, ("open", "true"), ("sort", "first_received_at")])
        }
        Kind::Silent => ("deliveries", vec![of_account]),
        Kind::OnlyRefused | Kind::QuarantineFull => {
            ("deliveries", vec![of_account, ("verdict", Verdict::Refused.as_str())])
        }
        Kind::KeyExpires => return Some(visit.link(&format!("accounts/{account}"), &[])),
        Kind::DefaultPartition | Kind::KeptMonth => return None,
    };
    Some(visit.link(path, &parameters))
}

/// Draws the deliveries of the last hours by our verdict.
async fn chart(operator: &Operator, visit: &Visit) -> Result<Markup, Failed> {
    let spans = Spans::hours(&visit.times, HOURS);
    let counted = operator.readers.deliveries_over_time(&spans.begins, spans.end);
    let (counted, at) = operator.drawn.get(&spans.question(), &operator.clock, counted).await?;
    let mut counts = Counts::new(&Verdict::ALL.map(Verdict::as_str), spans.begins.len());
    for one in &*counted {
        counts.add(usize::try_from(one.place).unwrap_or(usize::MAX), &one.word, one.count);
    }
    let link = |place: usize, verdict: &str| {
        let begin = spans.begins.get(place).copied().unwrap_or(spans.end);
        let (since, until) = (Times::utc(begin), Times::utc(spans.end_of(place)));
        let parameters = [("verdict", verdict), ("since", &since), ("until", &until)];
        visit.link("deliveries", &parameters)
    };
    let title = "Deliveries of the last 24 hours, by our verdict";
    let is_cut = counts.all() >= MOST_DRAWN;
    Ok(html! {
        (columns(title, &spans, &counts, link))
        p.note {
            (visit.counted(at))
            @if is_cut { " Only the newest " (MOST_DRAWN) " of each kind are counted." }
        }
    })
}
