//! A real receiver on a real Postgres: over sockets, in process or as the program itself.

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

mod client;
mod commands;
mod concurrency;
mod database;
mod deprecated;
mod doubt;
mod feed;
#[path = "../pure/fixture_file.rs"]
#[expect(dead_code, reason = "what only the pure tests ask of a fixture")]
mod fixture_file;
mod fixtures;
mod follower;
mod hazards;
mod model;
mod orders;
mod outcomes;
mod overload;
mod postgres;
mod process;
mod proxy;
mod quarantine;
mod receiver;
mod recording;
mod replay;
mod replay_command;
mod rotation;
mod shutdown;
mod sql_contract;
mod watching;
