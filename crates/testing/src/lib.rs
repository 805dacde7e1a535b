//! The harness of the tests and of the load benchmark: everything around the service under test.
//!
//! The program and its processes:
//!
//! - `program`: the program under test, and its commands;
//! - `process`: a running process and what it prints on standard error;
//! - `service`: the program as a running service; `place`: where it listens;
//! - `follower`: the program's `feed` command; `receiver`: a service inside the test's own process;
//! - `metrics`: what a running service counts;
//! - `processes`, `core_time`: what the system knows of any process;
//! - `scratch`: where test servers keep their files.
//!
//! Databases:
//!
//! - `postgres/`: a Postgres that can be stopped, killed and replicated; `database`: its content;
//! - `relay/`, `pooler`: what may stand between the service and its Postgres.
//!
//! Providers:
//!
//! - `client`: one HTTP request; `connection`: a raw connection that is kept alive;
//! - `notifications`: signed bodies; `fixtures`: the files of `tests/fixtures`;
//! - `provider_sim`: providers that sign notifications and check the answers;
//! - `scenario`: what a provider sends about one refund;
//! - `sender`, `senders`: one provider and many of them at work; `ledger`: what they note down;
//! - `tally`: the ledger compared with the database; `model`: a database worked out in memory.
//!
//! - `printing`, `waiting`: what every test needs.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

pub mod client;
pub mod connection;
pub mod core_time;
pub mod database;
#[allow(missing_docs, reason = "fields are named as in the fixture files")]
pub mod fixtures;
pub mod follower;
pub mod ledger;
pub mod metrics;
pub mod model;
pub mod notifications;
pub mod place;
pub mod pooler;
pub mod postgres;
pub mod printing;
pub mod process;
pub mod processes;
pub mod program;
pub mod provider_sim;
pub mod receiver;
pub mod relay;
pub mod scenario;
pub mod scratch;
pub mod sender;
pub mod senders;
pub mod service;
pub mod tally;
pub mod waiting;
