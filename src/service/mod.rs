//! The running service. `serve`, `demo` and the tests run it.
//!
//! - `running` starts and stops all of its parts together.
//! - `runtimes` are the threads on which they run.
//! - `reload` replaces its accounts.
//! - `changes` notes what a reload changed.
//! - `gauges` shows what the database has of each account.
//! - `maintenance` is what it does every minute, within `patience`; `retention` is a part of it.

mod changes;
mod gauges;
mod maintenance;
mod patience;
pub mod reload;
mod retention;
mod running;
mod runtimes;

pub use running::Service;
