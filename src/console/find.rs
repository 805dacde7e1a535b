//! Leads from any number to the refund or the delivery that has it.

use axum::extract::State;
use axum::response::Response;

use super::page::{Failed, query, see};
use super::visit::Visit;
use crate::lookup::{NotFound, delivery_id, refunds};
use crate::operator::Operator;
use crate::query::Mistake;

/// Finds what has a number. A refund comes first, then a delivery.
pub(super) async fn find(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Response, Failed> {
    let number = visit.words.text("number")?;
    let account = visit.words.text("account")?;
    visit.finish()?;
    let number = number.ok_or_else(|| Mistake::new("number", "expected a number to find"))?;
    let number = number.trim();
    let zone = visit.frame.zone.as_deref().map(|zone| ("zone", zone));
    let zone = query::of(&zone.into_iter().collect::<Vec<_>>());
    match refunds(&operator.readers, number, account.as_deref()).await.as_deref() {
        Ok([one]) => return Ok(see(&format!("refunds/{}{zone}", one.text("refund_id")))),
        // Several refunds: the page of that number lists them.
        Ok(_) => return Ok(see(&visit.link("refunds", &[("number", number)]))),
        Err(NotFound::NoRefund(_)) => {}
        Err(error) => return Err(error.clone().into()),
    }
    match delivery_id(&operator.readers, number).await {
        Ok(id) if operator.readers.delivery(id).await?.is_some() => {
            Ok(see(&format!("deliveries/{id}{zone}")))
        }
        Ok(_) | Err(NotFound::NoId(_) | NotFound::NoDelivery(_)) => {
            Err(NotFound::NoRefund(number.to_owned()).into())
        }
        Err(error) => Err(error.into()),
    }
}
