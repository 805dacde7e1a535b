//! Nothing acknowledged is lost: the real program and a real, durable Postgres, killed, starved and
//! cut off under load. `README.md` says how to run it in full.

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

mod books;
#[path = "../service/client.rs"]
#[expect(dead_code, reason = "what only the service tests send")]
mod client;
mod conformance;
mod database;
mod given;
mod loss;
mod player;
mod postgres;
mod processes;
mod relay;
#[path = "../service/database.rs"]
#[expect(dead_code, reason = "what only the service tests ask of a database")]
mod rows;
mod senders;
mod service;
mod soak;
mod story;
mod tally;
