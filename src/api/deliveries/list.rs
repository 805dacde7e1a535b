//! `GET /deliveries`

use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use super::conditions;
use crate::access::Caller;
use crate::api::Problem;
use crate::api::request::{Parameters, wants_csv};
use crate::api::schemas::{DeliveryPage, Zone};
use crate::operator::Operator;
use crate::query::{DeliveriesFilter, PageWords};
use crate::store::{Listed, ListedTime};

/// List deliveries
///
/// The filters of `deliveries list`. Pages are those of the list of refunds.
#[utoipa::path(
    get, path = "/deliveries", tag = "deliveries", operation_id = "listDeliveries",
    params(DeliveriesFilter, PageWords, Zone),
    responses(
        (status = 200, description = "A page of deliveries", content(
            (DeliveryPage = "application/json"), (String = "text/csv"),
        )),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
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
    let filter = DeliveriesFilter::take(&mut parameters.0)?;
    let words = PageWords::take(&mut parameters.0, is_csv)?;
    parameters.finish()?;
    let conditions = conditions(&operator, &filter, &times).await?;
    let asked = words.ask(Listed::Deliveries, ListedTime::Received, conditions, None)?;
    let query = query.unwrap_or_default();
    crate::api::answer::list(&operator, &caller, asked, is_csv.then_some(&times), &query).await
}
