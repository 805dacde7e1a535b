//! `GET /deliveries/{id}/why`

use axum::extract::{Extension, State};
use axum::response::Response;

use super::one::{find, note};
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::request::{Parameters, Reference};
use crate::api::schemas::IdPath;
use crate::config::ConfiguredAccount;
use crate::diagnosis::{Case, Diagnosis, diagnose, removed_keys};
use crate::operator::Operator;
use crate::store::DeliveryDetail;

/// Explain the verdict of a delivery
///
/// Judges the stored bytes again, with the keys of today, and says what to do. An auditor also sees
/// the signed text and the query of the path, which the audit notes.
#[utoipa::path(
    get, path = "/deliveries/{id}/why", tag = "deliveries", operation_id = "explainDelivery",
    params(IdPath),
    responses(
        (status = 200, description = "The diagnosis", body = Diagnosis),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn why(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(id): Reference,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.finish()?;
    let detail = find(&operator, &id).await?;
    let sees_bodies = caller.may(Permission::SeeBodies);
    let diagnosis = diagnosis(&operator, &detail, sees_bodies).await?;
    if sees_bodies {
        note(&operator, &caller, &detail, "signed text").await?;
    }
    json(&diagnosis)
}

/// Judges a delivery again. Without `sees_bodies`, the diagnosis has what a viewer may see.
pub(crate) async fn diagnosis(
    operator: &Operator,
    detail: &DeliveryDetail,
    sees_bodies: bool,
) -> Result<Diagnosis, Problem> {
    let (headers, received_at) = Case::headers_and_time(detail).ok_or_else(Problem::bug)?;
    let in_force = operator.accounts.borrow().all();
    let accounts: Vec<&ConfiguredAccount> = in_force.iter().map(|account| &**account).collect();
    let account = Case::account_of(detail, &accounts);
    let diagnosis = diagnose(&Case {
        detail,
        headers: &headers,
        received_at,
        accounts: &accounts,
        http: &operator.http,
        removed_keys: &removed_keys(&operator.readers, detail, account).await?,
        secret_in_file_fits: None,
    });
    if sees_bodies {
        return Ok(diagnosis);
    }
    let keys = accounts.iter().flat_map(|account| account.provider.keys());
    let known: Vec<String> = keys.map(|key| key.key_id.to_string()).collect();
    Ok(diagnosis.for_viewer(&known))
}
