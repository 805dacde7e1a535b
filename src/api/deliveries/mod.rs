//! Deliveries: the list, one delivery, and its body.

mod list;
mod one;

pub(super) use list::{__path_list, list};
pub(super) use one::{__path_body, __path_show, body, find, show};
