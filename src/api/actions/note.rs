//! `POST /refunds/{ref}/note` and `POST /deliveries/{id}/note`

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;

use crate::access::{Caller, Permission};
use crate::api::Problem;
use crate::api::answer::json;
use crate::api::deliveries::find;
use crate::api::request::{Parameters, Reference, json_body, require_known};
use crate::api::schemas::{IdPath, NoteBody, NoteMade, OfAccount, Reference as ReferencePath};
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::require_note;
use crate::rendering;
use crate::store::{Action, Note, Noted, StoreError};

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
    mut parameters: Parameters,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Permission::Act)?;
    let account = parameters.0.text("account")?;
    parameters.finish()?;
    let note = read(&body)?;
    require_known(&operator, account.as_deref())?;
    let refund = one_refund(&operator.readers, &reference, account.as_deref()).await?;
    let id = refund.text("refund_id").parse().map_err(|_| StoreError::without_an_id())?;
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
    let note = read(&body)?;
    let delivery = find(&operator, &id).await?;
    let id = delivery.summary.text("delivery_id").parse();
    let id = id.map_err(|_| StoreError::without_an_id())?;
    write(&operator, caller, Noted::Delivery(id), note).await
}

fn read(body: &Bytes) -> Result<String, Problem> {
    let NoteBody { note } = json_body(body)?;
    require_note(&note)?;
    Ok(note)
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
