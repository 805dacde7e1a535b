//! Reports: money and counts, with charts, and as CSV.

use axum::extract::State;
use axum::response::{Html, Response};
use maud::{Markup, html};

use super::charts::{Counts, Spans, bars, columns};
use super::page::{Failed, Section, account_names, choice, field, query};
use super::visit::Visit;
use crate::api::{self, Problem, Reference, require_known};
use crate::operator::{Operator, Reported};
use crate::query::{Mistake, ReportFilter, Times};
use crate::rendering::ReportCells;
use crate::store::{
    Action, Aged, Changed, Counted, OpenRefunds, ReportQuery, Row, StoreError, Total,
};
use refund_providers::refund::RefundStatus;

/// The days of the chart, and of the totals if nobody asks for other ones.
const DAYS: u16 = 30;

/// Shows charts, totals, open refunds by age, and what changed since a period was closed.
pub(super) async fn page(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    let mut filter = ReportFilter::take(&mut visit.words)?;
    visit.finish()?;
    if filter.since.is_none() && filter.until.is_none() && filter.as_of.is_none() {
        filter.since = Some(format!("{DAYS}d"));
    }
    let asked = filter.query(&visit.times)?;
    require_known(&operator, filter.account.as_deref())?;
    let spans = Spans::days(&visit.times, DAYS);
    let count = count(&operator, &visit, &filter, &asked, &spans);
    let question = format!("{} {}", spans.question(), visit.query);
    let (reported, at) = operator.reported.get(&question, &operator.clock, count).await?;
    let changed = match asked.as_of {
        Some(then) => Some(operator.readers.changed(&asked, then).await?),
        None => None,
    };
    let of_totals = query_of(&visit, &filter);
    let content = html! {
        h1 { "Reports" }
        (form(&operator, &visit, &filter))
        div.grid {
            (over_time(&visit, &filter, &spans, &reported.over_time))
            (by_age(&visit, &filter, &reported.ageing))
        }
        p.note { (visit.counted(at)) }
        (report(&visit, "Totals", "totals", &of_totals, &Total::COLUMNS, &reported.totals))
        (report(&visit, "Open refunds by age", "ageing",
            &query::without(&of_totals, &["since", "until"]), &Aged::COLUMNS, &reported.ageing))
        @if let Some(changed) = &changed {
            (report(&visit, "Otherwise than it was known then", "changed", &of_totals,
                &Changed::COLUMNS, changed))
        } @else {
            p.note {
                "With a time in " i { "As known at" }
                ", this page also lists what changed since a period was closed."
            }
        }
    };
    Ok(Html(visit.page(Section::Reports, "Reports", &content).into_string()))
}

/// Exports one report.
pub(super) async fn csv(
    State(operator): State<Operator>,
    Reference(name): Reference,
    mut visit: Visit,
) -> Result<Response, Failed> {
    let filter = ReportFilter::take(&mut visit.words)?;
    visit.finish()?;
    let asked = filter.query(&visit.times)?;
    require_known(&operator, filter.account.as_deref())?;
    let (name, columns, rows): (_, &'static [&'static str], _) = match name.as_str() {
        "totals.csv" => ("totals", &Total::COLUMNS, operator.readers.totals(&asked).await?),
        "ageing.csv" => {
            ("ageing", &Aged::COLUMNS, operator.readers.ageing(&asked, visit.times.now).await?)
        }
        "changed.csv" => {
            let then = asked.as_of.ok_or_else(|| {
                let wanted = "expected the time at which the period was closed, found nothing";
                Mistake::new("as_of", wanted)
            })?;
            ("changed", &Changed::COLUMNS, operator.readers.changed(&asked, then).await?)
        }
        _ => return Err(Problem::not_found("there is no such report").into()),
    };
    let subject = format!("reports {name}");
    operator.note(&visit.caller, Action::Export, &subject, &visit.query).await?;
    let cells = ReportCells { columns, times: visit.times };
    Ok(api::csv(name, cells.csv(&rows), None))
}

/// Returns the query of the filter, without its question mark.
fn query_of(visit: &Visit, filter: &ReportFilter) -> String {
    let all = [
        ("account", &filter.account),
        ("provider", &filter.provider),
        ("since", &filter.since),
        ("until", &filter.until),
        ("as_of", &filter.as_of),
        ("zone", &visit.frame.zone),
    ];
    let given = all.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    query::of(&given.collect::<Vec<_>>()).trim_start_matches('?').to_owned()
}

fn form(operator: &Operator, visit: &Visit, filter: &ReportFilter) -> Markup {
    let names = account_names(operator);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    html! {
        form.filters method="get" {
            (choice("account", "Account", filter.account.as_ref(), &names))
            (field("since", "Received since", filter.since.as_ref(), "2026-11-01, 30d"))
            (field("until", "until", filter.until.as_ref(), "2026-12-01"))
            (field("as_of", "As known at", filter.as_of.as_ref(), "2026-12-01T09:00:00+08:00"))
            (field("zone", "Zone of dates", visit.frame.zone.as_ref(), "Asia/Hong_Kong"))
            div.buttons { button type="submit" { "Show" } a href="reports" { "Clear" } }
        }
    }
}

/// Counts what the page shows.
async fn count(
    operator: &Operator,
    visit: &Visit,
    filter: &ReportFilter,
    asked: &ReportQuery,
    spans: &Spans,
) -> Result<Reported, StoreError> {
    let open = ReportQuery { since: None, until: None, ..asked.clone() };
    let (begins, account) = (&spans.begins, filter.account.as_deref());
    Ok(Reported {
        totals: operator.readers.totals(asked).await?,
        ageing: operator.readers.ageing(&open, visit.times.now).await?,
        over_time: operator.readers.refunds_over_time(begins, spans.end, account).await?,
    })
}

/// Draws the refunds of the last days by status.
fn over_time(visit: &Visit, filter: &ReportFilter, spans: &Spans, counted: &[Counted]) -> Markup {
    let account = filter.account.as_deref();
    let words = [
        RefundStatus::Succeeded,
        RefundStatus::Pending,
        RefundStatus::RequiresAction,
        RefundStatus::Canceled,
        RefundStatus::Failed,
        RefundStatus::Unknown,
    ];
    let mut counts = Counts::new(&words.map(RefundStatus::as_str), spans.begins.len());
    for one in counted {
        counts.add(usize::try_from(one.place).unwrap_or(usize::MAX), &one.word, one.count);
    }
    let link = |place: usize, status: &str| {
        let begin = spans.begins.get(place).copied().unwrap_or(spans.end);
        let (since, until) = (Times::utc(begin), Times::utc(spans.end_of(place)));
        let mut parameters = vec![("status", status), ("since", &since), ("until", &until)];
        parameters.extend(account.map(|account| ("account", account)));
        visit.link("refunds", &parameters)
    };
    columns("Refunds by day of receipt and status", spans, &counts, link)
}

/// Draws the open refunds by age.
fn by_age(visit: &Visit, filter: &ReportFilter, ageing: &[Row]) -> Markup {
    let ages = OpenRefunds::AGES.map(|age| age.replace("30d+", "30+").replace('d', ""));
    let ages = ages.map(|age| format!("{age} days"));
    let words = [RefundStatus::Pending, RefundStatus::RequiresAction, RefundStatus::Unknown];
    let mut counts = Counts::new(&words.map(RefundStatus::as_str), ages.len());
    for row in ageing {
        let place = ages.iter().position(|age| age == row.text("age")).unwrap_or(usize::MAX);
        counts.add(place, row.text("status"), row.integer("count").unwrap_or_default());
    }
    let names: Vec<&str> = ages.iter().map(String::as_str).collect();
    let account = filter.account.as_deref();
    bars("Open refunds by age", &names, &counts, |place, status| {
        // The age is a time as of which refunds are reported; a list has no such filter.
        if filter.as_of.is_some() {
            return None;
        }
        let older = OpenRefunds::AGES.get(place)?.split(['-', 'd']).next()?;
        let older = format!("{older}d");
        let mut parameters = vec![("status", status), ("older_than", &older)];
        parameters.extend(account.map(|account| ("account", account)));
        Some(visit.link("refunds", &parameters))
    })
}

fn report(
    visit: &Visit,
    title: &str,
    name: &'static str,
    query: &str,
    columns: &'static [&'static str],
    rows: &[Row],
) -> Markup {
    let cells = ReportCells { columns, times: visit.times.clone() };
    let names = cells.readable_names();
    let is_number = |name: &str| name.contains("amount") || name == "count";
    let query = query.trim_start_matches('?');
    html! {
        section aria-labelledby=(name) {
            h2 id=(name) { (title) }
            @if rows.is_empty() { p.empty { "None." } }
            @else {
                div.scroll tabindex="0" role="region" aria-labelledby=(name) {
                    table.report {
                        thead { tr {
                            @for name in &names {
                                th.number[is_number(name)] scope="col" { (name.replace('_', " ")) }
                            }
                        } }
                        tbody {
                            @for row in rows {
                                tr {
                                    @for (name, cell) in names.iter().zip(cells.readable(row)) {
                                        td.number[is_number(name)] { (super::page::text(&cell)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { a href={ (visit.frame.root) "reports/" (name) ".csv?" (query) } { "CSV" } }
        }
    }
}
