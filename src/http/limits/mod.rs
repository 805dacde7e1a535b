//! What strangers may take: connections, memory for bodies, time in verification, open files.

pub(super) mod body;
mod body_class;
pub(super) mod connections;
pub(super) mod eviction;
mod open_files;
pub(super) mod verification;

pub use open_files::most_connections;
