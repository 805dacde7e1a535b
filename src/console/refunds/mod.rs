//! The pages of refunds: the list, and one refund with its story.

mod filter;
mod list;
mod one;
mod timeline;

pub(super) use list::{csv, list};
pub(super) use one::one;
