//! The pages of accounts: the list, and one account with its URL, its keys and its answers.

mod answers;
mod list;
mod one;

pub(super) use list::list;
pub(super) use one::one;
