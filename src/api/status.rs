//! `GET /status`

use axum::extract::State;
use axum::response::Response;

use super::Problem;
use super::answer;
use super::request::Parameters;
use super::schemas::{StatusPage, Zone};
use crate::lookup::{StatusRow, status as waiting};
use crate::operator::Operator;

/// Show what waits for a person
///
/// The rows of `status`. None means that nothing waits.
#[utoipa::path(
    get, path = "/status", tag = "status", operation_id = "showStatus", params(Zone),
    responses(
        (status = 200, description = "What waits", body = StatusPage),
        super::schemas::Problems,
    )
)]
pub(super) async fn status(
    State(operator): State<Operator>,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let times = parameters.times(&operator)?;
    parameters.finish()?;
    let accounts = operator.accounts.borrow().all();
    let accounts: Vec<_> = accounts.iter().map(|account| &**account).collect();
    let quarantine = (&*operator.quarantine).into();
    let rows = waiting(&accounts, quarantine, &operator.readers, &times).await?;
    answer::page(&rows.iter().map(StatusRow::to_json).collect::<Vec<_>>(), None)
}
