//! Deliveries: the list, one delivery, its body, and why it has its verdict.

mod filter;
mod list;
mod one;
mod why;

pub(crate) use filter::{conditions, conditions_of};
pub(super) use list::{__path_list, list};
pub(super) use one::{__path_body, __path_show, body, show};
pub(crate) use one::{find, note};
pub(crate) use why::diagnosis;
pub(super) use why::{__path_why, why};
