//! The harness of the tests and of the load benchmark: everything around the service under test.
//!
//! The program and its processes:
//!
//! - `program`: the program under test, and its commands;
//! - `process`: a running process and what it prints on standard error;
//! - `service`: the program as a running service; `place`: where it listens;
//! - `follower`: the program's `feed` command; `receiver`: a service inside the test's own process;
//! - `metrics`: what a running service counts;
//! - `processes`, `core_time`: what the system reports about any process;
//! - `scratch`: where test servers keep their files.
//!
//! Databases:
//!
//! - `postgres/`: a Postgres that can be stopped, killed and replicated; `database`: its content;
//! - `statements`: every SQL statement of the service; `explained`: the plans of executed ones;
//! - `relay/`, `pooler`: proxies between the service and its Postgres.
//!
//! Providers:
//!
//! - `client`: one HTTP request; `connection`: a raw connection that is kept alive;
//! - `notifications`: signed bodies; `fixtures`: the files of `tests/fixtures`;
//! - `found`: a judgement in the form of a fixture;
//! - `provider_sim`: providers that sign notifications and check the answers;
//! - `scenario`: what a provider sends about one refund;
//! - `sender`, `senders`: one provider and many of them at work; `ledger`: what they record;
//! - `many`: rows of every kind, without their providers;
//! - `tally`: the ledger compared with the database; `model`: the expected content of a database.
//!
//! Shared by all: `golden`, `printing`, `waiting`.
//!
//! Without the feature `harness`, only `fixtures`, `found` and `statements` are built.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "harness")]
pub mod client;
#[cfg(feature = "harness")]
pub mod connection;
#[cfg(feature = "harness")]
pub mod core_time;
#[cfg(feature = "harness")]
pub mod database;
#[cfg(feature = "harness")]
pub mod dump;
#[cfg(feature = "harness")]
pub mod explained;
pub mod fixtures;
#[cfg(feature = "harness")]
pub mod follower;
pub mod found;
#[cfg(feature = "harness")]
pub mod golden;
#[cfg(feature = "harness")]
pub mod ledger;
#[cfg(feature = "harness")]
pub mod many;
#[cfg(feature = "harness")]
pub mod metrics;
#[cfg(feature = "harness")]
pub mod model;
#[cfg(feature = "harness")]
pub mod notifications;
#[cfg(feature = "harness")]
pub mod place;
#[cfg(feature = "harness")]
pub mod pooler;
#[cfg(feature = "harness")]
pub mod postgres;
#[cfg(feature = "harness")]
pub mod printing;
#[cfg(feature = "harness")]
pub mod process;
#[cfg(feature = "harness")]
pub mod processes;
#[cfg(feature = "harness")]
pub mod program;
#[cfg(feature = "harness")]
pub mod provider_sim;
#[cfg(feature = "harness")]
pub mod receiver;
#[cfg(feature = "harness")]
pub mod relay;
#[cfg(feature = "harness")]
pub mod scenario;
#[cfg(feature = "harness")]
pub mod scratch;
#[cfg(feature = "harness")]
pub mod sender;
#[cfg(feature = "harness")]
pub mod senders;
#[cfg(feature = "harness")]
pub mod service;
pub mod statements;
#[cfg(feature = "harness")]
pub mod tally;
#[cfg(feature = "harness")]
pub mod waiting;
