//! A private Postgres for tests, which can be stopped, killed, frozen and replicated.
//!
//! - `server`: one server; `failures`: the failures that a test can cause;
//! - `databases`: a server with a database for each test, and the one that tests share;
//! - `migrated`: durable servers that begin with a migrated database;
//! - `programs`: the installed programs, such as `psql`;
//! - `replication`: a primary with a synchronous standby.

mod databases;
mod failures;
mod migrated;
mod programs;
mod replication;
mod server;

pub use databases::{Databases, shared, store, store_of};
pub use migrated::lay_out;
pub use programs::program;
pub use replication::Pair;
pub use server::Postgres;
