//! Deliveries: the list, one delivery, its body, and why it has its verdict.

mod list;
mod one;
mod why;

pub(super) use list::{__path_list, list};
pub(super) use one::{__path_body, __path_show, body, find, show};
pub(super) use why::{__path_why, why};
