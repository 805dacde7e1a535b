//! A connection between the service and its Postgres that fails at a chosen moment.

mod connection;
mod messages;

pub use connection::{Fate, Relay};
