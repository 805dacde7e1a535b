//! The programs of the installed Postgres.

use std::path::{Path, PathBuf};

/// Returns the newest program of this name, such as `pg_dump` or `psql`: an older one may refuse a
/// newer server.
pub fn program(name: &str) -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .map(|version| version.path().join("bin").join(name))
        .filter(|program| program.exists())
        .max_by_key(|program| version_in(program));
    newest.unwrap_or_else(|| PathBuf::from(name))
}

fn version_in(program: &Path) -> u32 {
    let version = program.ancestors().nth(2).and_then(|folder| folder.file_name()?.to_str());
    version.and_then(|version| version.parse().ok()).unwrap_or_default()
}
