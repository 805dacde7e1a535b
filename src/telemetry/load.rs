//! Log lines and metrics of connections, which anybody can open.

use std::io;

use ::metrics::{counter, gauge};
use tracing::warn;

use super::metrics::{CONNECTIONS, CONNECTIONS_SHED};
use super::sampling::Sampler;

/// Counts a connection as open until it is dropped.
#[derive(Debug)]
pub struct OpenConnection(&'static str);

impl OpenConnection {
    /// Counts a connection that this listener has accepted.
    pub fn new(listener: &'static str) -> Self {
        gauge!(CONNECTIONS, "listener" => listener).increment(1.0);
        Self(listener)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(CONNECTIONS, "listener" => self.0).decrement(1.0);
    }
}

/// Counts connections that were closed before a complete request arrived. `reason` is `limit` or
/// `open_files` if new connections evicted them, and `overdue` if their time was over.
pub fn connections_shed(reason: &'static str, connections: u64) {
    if connections > 0 {
        counter!(CONNECTIONS_SHED, "reason" => reason).increment(connections);
    }
}

/// Records that no connection can be accepted, because files or memory have run out.
pub fn not_accepted(error: &io::Error) {
    static LINES: Sampler = Sampler::new();
    if let Some(left_out) = LINES.admit("") {
        warn!(
            %error,
            left_out,
            "cannot accept connections: closing the oldest unfinished one and trying again"
        );
    }
}

/// Records that the process may open fewer files than the configured connections need.
pub fn connections_limited(connections: u32, wanted: u32, open_files: u64) {
    warn!(
        connections,
        wanted,
        open_files,
        "the limit of open files is too low: serving fewer connections than configured"
    );
}
