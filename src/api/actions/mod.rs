//! What an operator does: replays, resolves, dismisses, notes. The audit has a row for each.

mod dismiss;
mod filters;
mod note;
mod replay;
mod resolve;
mod subject;

pub(super) use dismiss::{__path_dismiss, dismiss};
pub(super) use note::{__path_on_delivery, __path_on_refund, on_delivery, on_refund};
pub(super) use replay::{__path_replay, replay};
pub(super) use resolve::{__path_resolve, resolve};
