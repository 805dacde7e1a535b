//! A server with a fresh database for each test, cloned from a migrated template.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use private_postgres::{Durability, Tuning};
use refund_inbox::store::{ConnectSettings, Store};
use time::Date;
use time::macros::date;

use super::Postgres;
use crate::database::Database;
use crate::scratch;

const TEMPLATE: &str = "migrated";

/// A server with a migrated template in it.
pub struct Databases {
    /// The server.
    pub postgres: Postgres,
    next: AtomicU32,
}

/// The server of this test run. It ends with the process, even if the process is killed.
static SHARED: LazyLock<Databases> = LazyLock::new(|| block_on(|| Databases::start("shared")));

/// Returns the server that the tests of a run share.
pub fn shared() -> &'static Databases {
    &SHARED
}

impl Databases {
    /// Starts a server that need not survive a power loss, for deliveries of November 2026.
    pub async fn start(name: &str) -> Self {
        let day = date!(2026 - 11 - 22);
        Self::start_with(name, Durability::Relaxed, Tuning::Defaults, day).await
    }

    /// Starts a server for deliveries of this day.
    pub async fn start_with(name: &str, durability: Durability, tuning: Tuning, day: Date) -> Self {
        let postgres = Postgres::start_tuned(scratch::unused(name), durability, tuning).await;
        postgres.run(&format!("create database {TEMPLATE}")).await;
        migrate(&postgres.url_of(TEMPLATE), day).await;
        Self { postgres, next: AtomicU32::new(1) }
    }

    /// Makes a database, migrated and empty; returns its URL.
    pub async fn database(&self) -> String {
        self.make(&format!("template {TEMPLATE}")).await
    }

    /// Makes a database with nothing in it; returns its URL.
    pub async fn empty_database(&self) -> String {
        self.make("").await
    }

    /// Removes the database of this URL. It must have no open connections.
    pub async fn remove(&self, url: &str) {
        let (_, rest) = url.split_once(":///").unwrap();
        let (name, _) = rest.split_once('?').unwrap();
        self.postgres.run(&format!("drop database {name}")).await;
    }

    async fn make(&self, how: &str) -> String {
        let name = format!("t{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.postgres.run(&format!("create database {name} {how}")).await;
        self.postgres.url_of(&name)
    }
}

/// Returns a store on the database of this URL.
pub fn store(url: &str) -> Store {
    Store::new(&ConnectSettings {
        url: url.to_owned(),
        max_connections: 4,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    })
    .unwrap()
}

/// Returns a store on a test's database.
pub fn store_of(database: &Database) -> Store {
    store(database.url())
}

/// Migrates the database of this URL, with the partitions that deliveries of this day need.
pub(super) async fn migrate(url: &str, day: Date) {
    let store = store(url);
    store.migrate(day).await.unwrap();
    store.close(Duration::from_secs(10)).await;
}

/// Runs work to its end on its own thread, because the caller's runtime must not be blocked.
pub(super) fn block_on<F: Future<Output: Send>>(work: impl FnOnce() -> F + Send) -> F::Output {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(work())
        });
        thread.join().unwrap()
    })
}
