//! Connections to the database: selects the server, and leases a connection for one piece of work.

mod connect;
mod lease;
mod probe;
mod server_check;
mod servers;

pub use connect::{ConnectSettings, Store};
