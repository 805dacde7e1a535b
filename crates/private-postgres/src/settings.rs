//! The settings of a server.

use std::path::PathBuf;

/// Where a server keeps its state, which programs run it, and how durable its commits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The name of the program that owns the server: at most 40 small letters, digits and `-`, with
    /// a letter first. The database and the server's superuser have the same name, with `_` for
    /// `-`, so the name of an existing state directory must not change.
    pub name: String,
    /// The state directory, which is created if it is missing. A relative path begins at the
    /// working directory.
    pub directory: PathBuf,
    /// The directory that contains `initdb` and `postgres`; `None` searches the machine for the
    /// newest ones.
    pub programs: Option<PathBuf>,
    /// Whether a commit survives a crash of the server and of the machine.
    pub durability: Durability,
}

/// Whether a commit survives a crash of the server and of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The server reports a commit only when it is on disk. Use it for all data that matters.
    Durable,
    /// A crash of the server or the machine may lose the newest commits, or corrupt the data. Use
    /// it for tests only.
    Relaxed,
}

impl Durability {
    /// Returns the settings for the command line of the server, where they override the data
    /// directory's own configuration.
    pub(super) fn server_settings(self) -> [&'static str; 3] {
        match self {
            Durability::Durable => ["fsync=on", "synchronous_commit=on", "full_page_writes=on"],
            Durability::Relaxed => ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        }
    }
}
