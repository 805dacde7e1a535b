//! `POST /refunds/{ref}/resolve`

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;

use super::subject::refund_and_note;
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::request::{Parameters, Reference};
use crate::api::schemas::{NoteBody, OfAccount, Reference as ReferencePath, Refund};
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::rendering::{Ordered, all_columns};
use crate::store::{Listed, Resolution};

/// Resolve a refund
///
/// Note that a person has looked: the refund needs no attention until the provider reports something
/// new.
#[utoipa::path(
    post, path = "/refunds/{ref}/resolve", tag = "actions", operation_id = "resolveRefund",
    params(ReferencePath, OfAccount), request_body = NoteBody,
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
    parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    let (refund_id, note) = refund_and_note(&operator, &reference, parameters, &body).await?;
    let resolution = Resolution {
        refund_id,
        who: &caller.name,
        via: caller.via.as_str(),
        note: &note,
        at: operator.clock.now(),
    };
    operator.actions.resolve_refund(&resolution).await?;
    let refund = one_refund(&operator.readers, &refund_id.to_string(), None).await?;
    json(&Ordered { row: &refund, columns: &all_columns(Listed::Refunds, false) })
}
