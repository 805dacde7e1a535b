//! What the caller chooses about the embedded server.

use std::path::PathBuf;

/// Where the embedded server lives, which programs run it, and how durable it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The state directory; made when missing. A relative path counts from the working directory.
    pub directory: PathBuf,
    /// The folder that holds `initdb` and `postgres`; `None` searches the machine for the newest.
    pub programs: Option<PathBuf>,
    /// Whether a commit survives the death of server and machine.
    pub durability: Durability,
}

/// Whether a commit survives the death of server and machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A commit is on disk before it is reported. The only choice for real refunds.
    Durable,
    /// The newest commits are lost when the server or the machine dies. For tests only.
    Relaxed,
}

impl Durability {
    /// The server settings that make it so. They are given on the command line, where they outrank
    /// whatever the data directory's own configuration says.
    pub(super) fn server_settings(self) -> [&'static str; 3] {
        match self {
            Durability::Durable => ["fsync=on", "synchronous_commit=on", "full_page_writes=on"],
            Durability::Relaxed => ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        }
    }
}
