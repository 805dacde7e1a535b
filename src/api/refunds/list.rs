//! `GET /refunds`

use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use crate::access::Caller;
use crate::api::Problem;
use crate::api::request::{Parameters, require_known, wants_csv};
use crate::api::schemas::{RefundPage, Zone};
use crate::operator::Operator;
use crate::query::{PageWords, RefundsFilter};
use crate::store::Listed;

/// List refunds
///
/// The filters of `refunds list`. A page is at most 500 refunds as JSON, or 10,000 as CSV with
/// `Accept: text/csv`, whose header `Link` has the next page. Each CSV is noted in the audit.
#[utoipa::path(
    get, path = "/refunds", tag = "refunds", operation_id = "listRefunds",
    params(RefundsFilter, PageWords, Zone),
    responses(
        (status = 200, description = "A page of refunds", content(
            (RefundPage = "application/json"), (String = "text/csv"),
        )),
        crate::api::schemas::Problems,
    )
)]
pub(in crate::api) async fn list(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let is_csv = wants_csv(&headers);
    let times = parameters.times(&operator)?;
    let filter = RefundsFilter::take(&mut parameters.0)?;
    let words = PageWords::take(&mut parameters.0, is_csv)?;
    parameters.finish()?;
    let (by, as_of) = (filter.time()?, filter.as_of(&times)?);
    let asked = words.ask(Listed::Refunds, by, filter.conditions(&times)?, as_of)?;
    require_known(&operator, filter.account.as_deref())?;
    let query = query.unwrap_or_default();
    crate::api::answer::list(&operator, &caller, asked, is_csv.then_some(&times), &query).await
}
