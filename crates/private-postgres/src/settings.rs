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
    /// What the server is tuned for.
    pub tuning: Tuning,
}

/// What a server is tuned for. No tuning changes what a crash can lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuning {
    /// Nothing: PostgreSQL's own defaults, which suit a small test.
    Defaults,
    /// Many small commits. It keeps more in memory and on disk: 256 MB of buffers, and up to about
    /// 2 GB of write-ahead log. The log is compressed, and checkpoints are at most every 15 minutes,
    /// because each page is logged whole at its first change after a checkpoint. After a crash the
    /// server needs longer to recover.
    SmallCommits,
}

impl Tuning {
    /// Returns the settings for the command line of the server.
    pub(super) fn server_settings(self) -> &'static [&'static str] {
        match self {
            Tuning::Defaults => &[],
            Tuning::SmallCommits => &[
                "shared_buffers=256MB",
                "wal_compression=on",
                "wal_buffers=16MB",
                "max_wal_size=2GB",
                "checkpoint_timeout=15min",
            ],
        }
    }
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
