//! The one refund that a command is about.

use uuid::Uuid;

use crate::command::Failure;
use crate::command::terminal::printable::printable;
use crate::store::{Row, StoreError};

/// Returns our id of the refund.
pub(super) fn id_of(refund: &Row) -> Result<Uuid, Failure> {
    Ok(refund.text("refund_id").parse().map_err(|_| StoreError::without_an_id())?)
}

/// Returns the account and the merchant's number of the refund, for people.
pub(super) fn name_of(refund: &Row) -> String {
    format!("{} {}", refund.text("account"), printable(refund.text("merchant_refund_id")))
}
