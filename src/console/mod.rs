//! The console: the operator's pages.

mod router;

pub use router::router;
