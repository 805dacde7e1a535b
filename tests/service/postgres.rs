//! Postgres for the tests: one private server for the run, one database for each test, cloned from
//! a migrated template. Tests that break their server start one of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use private_postgres::{Durability, Server, Settings};
use refund_inbox::store::{ConnectSettings, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::macros::date;

use crate::database::Database;

const TEMPLATE: &str = "migrated";

/// The server of this run. It ends with the process, whatever ends that.
static SERVER: LazyLock<PrivateServer> = LazyLock::new(|| PrivateServer::start("shared"));

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A server of its own, in a directory of its own.
pub(crate) struct PrivateServer {
    server: Mutex<Option<Server>>,
    settings: Settings,
    url: String,
}

impl PrivateServer {
    /// Starts a server with a migrated template in it.
    pub(crate) fn start(name: &str) -> Self {
        let settings = Settings {
            name: "refund-inbox".to_owned(),
            directory: directory().join(name),
            programs: None,
            durability: Durability::Relaxed,
        };
        let server = Server::start(&settings).unwrap();
        let url = server.url();
        let private = Self { server: Mutex::new(Some(server)), settings, url };
        // A runtime of its own: the caller's cannot be blocked on.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.unwrap().block_on(private.make_template());
            });
        });
        private
    }

    async fn make_template(&self) {
        self.run_outside(&format!("create database {TEMPLATE}")).await;
        let store = store(&self.url_of(TEMPLATE));
        store.migrate(date!(2026 - 11 - 22)).await.unwrap();
        store.close(Duration::from_secs(10)).await;
    }

    /// A new database, migrated.
    pub(crate) async fn database(&self) -> String {
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.run_outside(&format!("create database {name} template {TEMPLATE}")).await;
        self.url_of(&name)
    }

    /// A new database with nothing in it.
    pub(crate) async fn empty_database(&self) -> String {
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.run_outside(&format!("create database {name}")).await;
        self.url_of(&name)
    }

    /// Stops the server; connections are cut.
    pub(crate) fn stop(&self) {
        if let Some(server) = self.server.lock().unwrap().take() {
            server.stop().unwrap();
        }
    }

    /// Starts it again, with everything that was in it.
    pub(crate) fn start_again(&self) {
        *self.server.lock().unwrap() = Some(Server::start(&self.settings).unwrap());
    }

    /// Starts it again as a standby: it takes no commits until it is promoted.
    pub(crate) fn restart_as_standby(&self) {
        let data = self.server.lock().unwrap().as_ref().unwrap().data_directory().to_owned();
        self.stop();
        fs::write(data.join("standby.signal"), "").unwrap();
        self.start_again();
    }

    /// Runs a statement in the database that no test uses.
    pub(crate) async fn run_outside(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    fn url_of(&self, database: &str) -> String {
        self.url.replacen("/refund_inbox?", &format!("/{database}?"), 1)
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.settings.directory);
    }
}

/// The server that tests share.
pub(crate) fn shared() -> &'static PrivateServer {
    &SERVER
}

/// A store on the database of this URL.
pub(crate) fn store(url: &str) -> Store {
    Store::new(&ConnectSettings {
        url: url.to_owned(),
        max_connections: 4,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    })
    .unwrap()
}

/// A store on the database that a test looks into.
pub(crate) fn store_of(database: &Database) -> Store {
    store(database.url())
}

/// A directory for the servers of this process, after those of processes that are gone.
fn directory() -> PathBuf {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
        fs::create_dir_all(&base).unwrap();
        for entry in fs::read_dir(&base).unwrap().flatten() {
            let name = entry.file_name();
            let process_id: Option<u32> = name.to_str().and_then(|name| name.parse().ok());
            let is_gone = |id: u32| !Path::new("/proc").join(id.to_string()).exists();
            if process_id.is_some_and(is_gone) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let mine = base.join(std::process::id().to_string());
        fs::create_dir_all(&mine).unwrap();
        mine
    });
    DIRECTORY.clone()
}
