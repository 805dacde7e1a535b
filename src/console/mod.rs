//! The console: the operator's pages, for people who would rather look than type.
//!
//! The server writes every page, with maud. No page needs its script, which only shows times in the
//! reader's zone, follows the feed and saves a few keystrokes. All references are relative, so the
//! console works below any path.
//!
//! - `router` has the paths, and `assets` the style sheet and the script.
//! - `visit` is a request for a page: who asks, in which zone, and for what.
//! - `page` is what all pages have: the frame, links, forms, times, amounts, tables, problems.
//! - `charts` draws.
//! - `attention`, `refunds`, `deliveries`, `accounts`, `feed` and `reports` are the pages, and `find`
//!   leads to the one that a number means. `actions` has what an operator may do there.

mod accounts;
mod actions;
mod assets;
mod attention;
mod charts;
mod deliveries;
mod feed;
mod find;
mod page;
mod refunds;
mod reports;
mod router;
mod visit;

pub use page::{Failed, present};
pub use router::router;
