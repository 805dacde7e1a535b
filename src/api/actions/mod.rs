//! What an operator does: replays, resolves, dismisses. The audit notes each.

mod dismiss;
mod filters;
mod replay;
mod resolve;

pub(super) use dismiss::{__path_dismiss, dismiss};
pub(super) use replay::{__path_replay, replay};
pub(super) use resolve::{__path_resolve, resolve};
