//! The pages of deliveries: the list, and one delivery with what it says and why it has its verdict.

mod content;
mod filter;
mod list;
mod one;
mod pretty;
mod says;
mod why;

pub(super) use list::{csv, list};
pub(super) use one::{body, one};
