//! What all pages have.
//!
//! - `frame` surrounds a page: its head, its navigation and its foot.
//! - `failed` shows what went wrong as a page.
//! - `query` writes the queries of links, and `form` the fields of filters.
//! - `list` has what all lists have.
//! - `words` shows amounts, statuses and texts of providers.

mod failed;
mod form;
mod frame;
mod list;
pub(super) mod query;
mod words;

pub(super) use failed::see;
pub use failed::{Failed, present};
pub(super) use form::{check, choice, choices, field, filters, hidden};
pub(super) use frame::{Frame, Section};
pub(super) use list::{account_names, chips, pages};
pub(super) use words::{amount, facts, mark, minor, text, written};
