//! `POST /refunds/{ref}/resolve`

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;

use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::request::{Parameters, Reference, json_body, require_known};
use crate::api::schemas::{OfAccount, Reference as ReferencePath, Refund, ResolveBody};
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::require_note;
use crate::rendering::{Ordered, all_columns};
use crate::store::{Listed, Resolution, StoreError};

/// Resolve a refund
///
/// Note that a person has looked: the refund needs no attention until the provider reports something
/// new.
#[utoipa::path(
    post, path = "/refunds/{ref}/resolve", tag = "actions", operation_id = "resolveRefund",
    params(ReferencePath, OfAccount), request_body = ResolveBody,
    responses(
        (status = 200, description = "The refund", body = Refund),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn resolve(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(reference): Reference,
    mut parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    let account = parameters.0.text("account")?;
    parameters.finish()?;
    let ResolveBody { note } = json_body(&body)?;
    require_note(&note)?;
    require_known(&operator, account.as_deref())?;
    let refund = one_refund(&operator.readers, &reference, account.as_deref()).await?;
    let id = refund.text("refund_id").to_owned();
    let resolution = Resolution {
        refund_id: id.parse().map_err(|_| StoreError::without_an_id())?,
        who: &caller.name,
        via: caller.via.as_str(),
        note: &note,
        at: operator.clock.now(),
    };
    operator.actions.resolve_refund(&resolution).await?;
    let refund = one_refund(&operator.readers, &id, None).await?;
    json(&Ordered { row: &refund, columns: &all_columns(Listed::Refunds, false) })
}
