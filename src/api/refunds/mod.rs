//! Refunds: the list, one refund, and its story.

mod list;
mod one;
mod wait;

pub(super) use list::{__path_list, list};
pub(super) use one::{__path_show, __path_story, show, story};
