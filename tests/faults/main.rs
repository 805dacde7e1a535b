//! Nothing acknowledged is lost while the real program and a real, durable Postgres are killed,
//! starved and cut off under load. `README.md` says how to run it in full.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod conformance;
mod database;
mod given;
mod loss;
mod soak;
