//! The filters of the list of deliveries as conditions.

use crate::api::Problem;
use crate::api::request::require_known;
use crate::lookup::of_refund;
use crate::operator::Operator;
use crate::query::{DeliveriesFilter, Times, Words};
use crate::store::Condition;

/// Returns the conditions that a filter describes. Its account must be configured, and its refund
/// must be there.
pub(crate) async fn conditions(
    operator: &Operator,
    filter: &DeliveriesFilter,
    times: &Times,
) -> Result<Vec<Condition>, Problem> {
    let mut conditions = filter.conditions(times)?;
    let account = filter.account.as_deref();
    require_known(operator, account)?;
    if let Some(reference) = &filter.refund {
        conditions.push(of_refund(&operator.readers, reference, account).await?);
    }
    Ok(conditions)
}

/// Returns the conditions that words describe, which have nothing but a filter and its zone.
pub(crate) async fn conditions_of(
    operator: &Operator,
    mut words: Words,
) -> Result<Vec<Condition>, Problem> {
    let zone = words.text("zone")?;
    let filter = DeliveriesFilter::take(&mut words)?;
    words.finish()?;
    let times = Times::at(operator.clock.now(), zone.as_deref().unwrap_or("UTC"))?;
    conditions(operator, &filter, &times).await
}
