//! What can be observed of the load that strangers make.

use std::io;

use ::metrics::{counter, gauge};
use tracing::warn;

use super::metrics::{CONNECTIONS, CONNECTIONS_SHED};
use super::sampling::Sampler;

/// A connection that is open until this is dropped.
#[derive(Debug)]
pub struct OpenConnection(&'static str);

impl OpenConnection {
    /// A connection to this listener was accepted.
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

/// So many connections were closed before their requests were whole: `limit` and `open_files` to
/// make room for others, `overdue` because their time was over.
pub fn connections_shed(reason: &'static str, connections: u64) {
    if connections > 0 {
        counter!(CONNECTIONS_SHED, "reason" => reason).increment(connections);
    }
}

/// No connection can be accepted now: there are no files or no memory.
pub fn not_accepted(error: &io::Error) {
    static LINES: Sampler = Sampler::new();
    if let Some(left_out) = LINES.admit("") {
        warn!(%error, left_out, "no connection can be accepted: closing the oldest, trying again");
    }
}

/// There are fewer files than the configured connections need.
pub fn connections_limited(connections: u32, wanted: u32, open_files: u64) {
    warn!(
        connections,
        wanted,
        open_files,
        "too few open files are allowed: serving fewer connections than configured"
    );
}
