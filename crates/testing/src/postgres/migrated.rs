//! Durable servers that begin with a migrated database. Every commit is synced, as in production.
//! Each server runs on a copy of one data directory that is made and migrated once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use private_postgres::Durability;

use super::Postgres;
use super::databases::{block_on, migrate};
use crate::scenario::now;
use crate::scratch;
use crate::waiting::apart;

/// A state directory with a migrated database, on which no server runs.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    block_on(|| async {
        let postgres = Postgres::start("template").await;
        // The tests kill processes, not machines. So recovery need not sync each file, which would
        // take seconds every time.
        postgres.run("alter system set recovery_init_sync_method = syncfs").await;
        migrate(postgres.url(), now().date()).await;
        postgres.stop().await;
        let directory = postgres.directory().to_owned();
        // Dropping the server would remove its directory.
        std::mem::forget(postgres);
        directory
    })
});

impl Postgres {
    /// Starts a durable server with a migrated database in it.
    pub async fn start_migrated(name: &str) -> Self {
        Self::start_migrated_in(scratch::unused(name), Durability::Durable).await
    }

    /// Starts a server with a migrated database in this directory.
    pub async fn start_migrated_in(directory: PathBuf, durability: Durability) -> Self {
        lay_out(&directory).await;
        Self::start_in(directory, durability).await
    }
}

/// Makes a state directory with a migrated database in it.
pub async fn lay_out(directory: &Path) {
    let directory = directory.to_owned();
    apart(move || {
        fs::create_dir_all(&directory).unwrap();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(TEMPLATE.join("postgres")).arg(&directory);
        assert!(copy.status().unwrap().success());
    })
    .await;
}
