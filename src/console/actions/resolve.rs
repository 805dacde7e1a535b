//! Notes that a person has looked at a refund.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::posted::refund_and_note;
use crate::access::Permission;
use crate::api::Reference;
use crate::console::page::{Failed, see};
use crate::console::visit::Visit;
use crate::operator::Operator;
use crate::store::Resolution;

/// Resolves a refund, and leads back to it.
pub(in crate::console) async fn resolve(
    State(operator): State<Operator>,
    Reference(reference): Reference,
    mut visit: Visit,
    body: Bytes,
) -> Result<Response, Failed> {
    visit.finish()?;
    visit.caller.require(Permission::Act)?;
    let (refund_id, note) = refund_and_note(&operator, &reference, &body).await?;
    let resolution = Resolution {
        refund_id,
        who: &visit.caller.name,
        via: visit.caller.via.as_str(),
        note: &note,
        at: visit.times.now,
    };
    operator.actions.resolve_refund(&resolution).await?;
    Ok(see(&visit.link(&format!("refunds/{refund_id}"), &[])))
}
