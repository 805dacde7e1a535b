//! What an operator does in the console, if actions are on: replays, resolves, dismisses, notes. Each
//! is a form that posts; the audit has a row for each. What concerns many deliveries is shown first,
//! and done only when the operator says so again.

mod dismiss;
mod form;
mod note;
mod posted;
mod replay;
mod resolve;

pub(super) use dismiss::dismiss;
pub(super) use form::{for_deliveries, for_delivery, for_refund, needs_repair};
pub(super) use note::{note_on_delivery, note_on_refund};
pub(super) use replay::replay;
pub(super) use resolve::resolve;
