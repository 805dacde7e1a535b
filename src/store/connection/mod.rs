//! Connections to the database: selects the server, and leases a connection for one piece of work.

mod connect;
mod lease;
mod probe;
mod readers;
mod server_check;
mod servers;

pub(super) use connect::PLAN_WHOLE_TABLES;
pub use connect::{ConnectSettings, Store};
pub(super) use probe::PROBE;
pub use readers::Readers;
