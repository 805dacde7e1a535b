//! What an action is about, and the note that came with it.

use axum::body::Bytes;
use uuid::Uuid;

use crate::api::Problem;
use crate::api::deliveries::find;
use crate::api::request::{Parameters, json_body, require_known};
use crate::api::schemas::NoteBody;
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::require_note;
use crate::store::StoreError;

/// Returns the refund of this number or id, and the note in the body.
pub(super) async fn refund_and_note(
    operator: &Operator,
    reference: &str,
    mut parameters: Parameters,
    body: &Bytes,
) -> Result<(Uuid, String), Problem> {
    let account = parameters.0.text("account")?;
    parameters.finish()?;
    let note = note_in(body)?;
    require_known(operator, account.as_deref())?;
    let refund = one_refund(&operator.readers, reference, account.as_deref()).await?;
    let id = refund.text("refund_id").parse().map_err(|_| StoreError::without_an_id())?;
    Ok((id, note))
}

/// Returns the note in the body.
pub(super) fn note_in(body: &Bytes) -> Result<String, Problem> {
    let NoteBody { note } = json_body(body)?;
    require_note(&note)?;
    Ok(note)
}

/// Returns the id of the delivery that this text names.
pub(super) async fn delivery_id(operator: &Operator, text: &str) -> Result<Uuid, Problem> {
    let delivery = find(operator, text).await?;
    let id = delivery.summary.text("delivery_id").parse();
    Ok(id.map_err(|_| StoreError::without_an_id())?)
}
