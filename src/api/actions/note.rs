//! `POST /refunds/{ref}/note` and `POST /deliveries/{id}/note`

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;

use super::subject::{delivery_id, note_in, refund_and_note};
use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::request::{Parameters, Reference};
use crate::api::schemas::{IdPath, NoteBody, NoteMade, OfAccount, Reference as ReferencePath};
use crate::operator::Operator;
use crate::rendering;
use crate::store::{Action, Note, Noted};

/// Note something about a refund
///
/// The refund's state stays as it is. Its story tells the note.
#[utoipa::path(
    post, path = "/refunds/{ref}/note", tag = "actions", operation_id = "noteOnRefund",
    params(ReferencePath, OfAccount), request_body = NoteBody,
    responses(
        (status = 200, description = "The note", body = NoteMade),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn on_refund(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(reference): Reference,
    parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    let (id, note) = refund_and_note(&operator, &reference, parameters, &body).await?;
    write(&operator, caller, Noted::Refund(id), note).await
}

/// Note something about a delivery
///
/// The delivery's state stays as it is. The delivery shows the note, and so does the story of its
/// refund.
#[utoipa::path(
    post, path = "/deliveries/{id}/note", tag = "actions", operation_id = "noteOnDelivery",
    params(IdPath), request_body = NoteBody,
    responses(
        (status = 200, description = "The note", body = NoteMade),
        crate::api::schemas::Problems,
        crate::api::schemas::NotOne,
    )
)]
pub(in crate::api) async fn on_delivery(
    State(operator): State<Operator>,
    Extension(caller): Extension<Caller>,
    Reference(id): Reference,
    parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    parameters.finish()?;
    let note = note_in(&body)?;
    let id = delivery_id(&operator, &id).await?;
    write(&operator, caller, Noted::Delivery(id), note).await
}

/// Adds the note to the audit, which is where notes are.
async fn write(
    operator: &Operator,
    caller: Caller,
    about: Noted,
    note: String,
) -> Result<Response, Problem> {
    let at = operator.note(&caller, Action::Note, &about.to_string(), &note).await?;
    json(&rendering::note(&Note { about, at, who: caller.name, note }))
}
