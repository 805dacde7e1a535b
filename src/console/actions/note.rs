//! Notes something about a refund or a delivery. Its state stays as it is.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::posted::{Selection, refund_and_note, take_note};
use crate::access::Permission;
use crate::api::{Problem, Reference};
use crate::console::page::{Failed, see};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::query::Words;
use crate::store::{Action, Noted};

/// Notes something about a refund, and leads back to it.
pub(in crate::console) async fn note_on_refund(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut visit: Visit,
    body: Bytes,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let (id, note) = refund_and_note(&operator, &reference, &body).await?;
    let about = Noted::Refund(id).to_string();
    operator.note(&visit.caller, Action::Note, &about, &note).await?;
    Ok(see(&visit.link(&format!("refunds/{id}"), &[])))
}

/// Notes something about a delivery, and leads back to it.
pub(in crate::console) async fn note_on_delivery(
    State(operator): State<Operator>,
    mut visit: Visit,
    body: Bytes,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let mut words = Words::posted(&body)?;
    let note = take_note(&mut words)?;
    let selection = Selection::take(&operator, &mut words).await?;
    words.finish()?;
    match selection {
        Selection::One(id) => {
            let about = Noted::Delivery(id).to_string();
            operator.note(&visit.caller, Action::Note, &about, &note).await?;
            Ok(see(&visit.link(&format!("deliveries/{id}"), &[])))
        }
        Selection::All(..) => Err(Problem::bad_request("id: expected the id of a delivery").into()),
    }
}
