//! Limits on what strangers may use: connections, memory for bodies, verification, open files.

pub(super) mod body;
mod body_class;
pub(super) mod connections;
pub(super) mod eviction;
mod open_files;
pub(super) mod verification;

pub use open_files::most_connections;
