//! `GET /reports/…`

use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use super::answer;
use super::request::{Parameters, require_known, wants_csv};
use super::schemas::{ReportPage, Zone};
use crate::access::Caller;
use crate::api::Problem;
use crate::operator::Operator;
use crate::query::{Mistake, ReportFilter, Times};
use crate::rendering::{Ordered, ReportCells};
use crate::store::{Action, Aged, Changed, ReportQuery, Row, Total};

/// Add up refunds by provider, account, currency and status
///
/// `since` and `until` mean the time at which we first received something about a refund.
#[utoipa::path(
    get, path = "/reports/totals", tag = "reports", operation_id = "reportTotals",
    params(ReportFilter, Zone),
    responses(
        (status = 200, description = "The rows", content(
            (ReportPage = "application/json"), (String = "text/csv"),
        )),
        super::schemas::Problems,
    )
)]
pub(super) async fn totals(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    RawQuery(url): RawQuery,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Asked { query, times } = read(&operator, parameters)?;
    let rows = operator.readers.totals(&query).await?;
    let report = Report { name: "totals", columns: &Total::COLUMNS, rows, times };
    report.answer(&operator, &caller, &headers, url).await
}

/// Add up open refunds by age
#[utoipa::path(
    get, path = "/reports/ageing", tag = "reports", operation_id = "reportAgeing",
    params(ReportFilter, Zone),
    responses(
        (status = 200, description = "The rows", content(
            (ReportPage = "application/json"), (String = "text/csv"),
        )),
        super::schemas::Problems,
    )
)]
pub(super) async fn ageing(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    RawQuery(url): RawQuery,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Asked { query, times } = read(&operator, parameters)?;
    let rows = operator.readers.ageing(&query, times.now).await?;
    let report = Report { name: "ageing", columns: &Aged::COLUMNS, rows, times };
    report.answer(&operator, &caller, &headers, url).await
}

/// List the refunds of a period that are now otherwise than they were known at `as_of`
#[utoipa::path(
    get, path = "/reports/changed", tag = "reports", operation_id = "reportChanged",
    params(ReportFilter, Zone),
    responses(
        (status = 200, description = "The rows", content(
            (ReportPage = "application/json"), (String = "text/csv"),
        )),
        super::schemas::Problems,
    )
)]
pub(super) async fn changed(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    RawQuery(url): RawQuery,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Asked { query, times } = read(&operator, parameters)?;
    let then = query.as_of.ok_or_else(|| {
        Mistake::new("as_of", "expected the time at which the period was closed, found nothing")
    })?;
    let rows = operator.readers.changed(&query, then).await?;
    let report = Report { name: "changed", columns: &Changed::COLUMNS, rows, times };
    report.answer(&operator, &caller, &headers, url).await
}

struct Asked {
    query: ReportQuery,
    times: Times,
}

fn read(operator: &Operator, mut parameters: Parameters) -> Result<Asked, Problem> {
    let times = parameters.times(operator)?;
    let filter = ReportFilter::take(&mut parameters.0)?;
    parameters.finish()?;
    let query = filter.query(&times)?;
    require_known(operator, filter.account.as_deref())?;
    Ok(Asked { query, times })
}

struct Report {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
    times: Times,
}

impl Report {
    /// Answers with the rows, as JSON or as CSV.
    async fn answer(
        self,
        operator: &Operator,
        caller: &Caller,
        headers: &HeaderMap,
        url: Option<String>,
    ) -> Result<Response, Problem> {
        let Self { name, columns, rows, times } = self;
        if !wants_csv(headers) {
            let items: Vec<_> = rows.iter().map(|row| Ordered { row, columns }).collect();
            return answer::page(&items, None);
        }
        let subject = format!("reports {name}");
        operator.note(caller, Action::Export, &subject, &url.unwrap_or_default()).await?;
        Ok(answer::csv(name, ReportCells { columns, times }.csv(&rows), None))
    }
}
