//! Notes that a person has looked at a refund.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::selection::posted;
use crate::access::Permission;
use crate::api::Reference;
use crate::console::page::{Failed, see};
use crate::console::visit::Visit;
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::require_note;
use crate::store::{Resolution, StoreError};

/// Resolves a refund, and leads back to it.
pub(in crate::console) async fn resolve(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut visit: Visit,
    body: Bytes,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let mut words = posted(&body)?;
    let note = words.text("note")?.unwrap_or_default();
    words.finish()?;
    require_note(&note)?;
    let refund = one_refund(&operator.readers, &reference, None).await?;
    let id = refund.text("refund_id");
    let resolution = Resolution {
        refund_id: id.parse().map_err(|_| StoreError::without_an_id())?,
        who: &visit.caller.name,
        via: visit.caller.via.as_str(),
        note: &note,
        at: visit.times.now,
    };
    operator.actions.resolve_refund(&resolution).await?;
    Ok(see(&visit.link(&format!("refunds/{id}"), &[])))
}
