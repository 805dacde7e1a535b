//! Durable servers, one for each scenario, and what can befall them.
//!
//! Every commit is synced, as in production. Each server runs on a copy of one data directory that
//! is made and migrated once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use nix::sys::signal::Signal;
use private_postgres::{Durability, Server, Settings};
use refund_inbox::store::{ConnectSettings, Store};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::client::eventually;
use crate::player;
use crate::processes;
use crate::rows::Database;
use crate::story::now;

/// A durable server with a migrated database in it.
pub(crate) struct Postgres {
    server: Option<Server>,
    settings: Settings,
    url: String,
    data: PathBuf,
}

/// A state directory that no server runs on, with a migrated database in it.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = directory().join("template");
    let durability = Durability::Relaxed;
    let settings = Settings {
        name: "refund-inbox".to_owned(),
        directory: directory.clone(),
        programs: None,
        durability,
    };
    let server = Server::start(&settings).unwrap();
    let url = server.url();
    let migrate = async {
        // Processes are killed here and machines are not, so that recovery need not look at each
        // file: it would take seconds, again and again.
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let quick = "alter system set recovery_init_sync_method = syncfs";
        sqlx::raw_sql(quick).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let store = Store::new(&ConnectSettings {
            url,
            max_connections: 2,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(10),
        });
        let store = store.unwrap();
        store.migrate(now().date()).await.unwrap();
        store.close(Duration::from_secs(10)).await;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(migrate);
    server.stop().unwrap();
    directory
});

impl Postgres {
    /// Starts a server of this name.
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_in(directory().join(name.replace(' ', "-")), Durability::Durable).await
    }

    /// Starts a server in this directory.
    pub(crate) async fn start_in(directory: PathBuf, durability: Durability) -> Self {
        let settings =
            Settings { name: "refund-inbox".to_owned(), directory, programs: None, durability };
        lay_out(&settings.directory).await;
        let (settings, server) = apart(move || {
            let server = Server::start(&settings).unwrap();
            (settings, server)
        })
        .await;
        let (url, data) = (server.url(), server.data_directory().to_owned());
        Self { server: Some(server), settings, url, data }
    }

    /// The URL of its database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The file of its socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.server.as_ref().unwrap().socket_directory().join(".s.PGSQL.5432")
    }

    /// The configuration of a service on this server, with all accounts.
    pub(crate) fn configuration(&self) -> String {
        configuration(&self.url)
    }

    /// What stands in its database.
    pub(crate) fn database(&self) -> Database {
        Database::new(&self.url)
    }

    /// Runs a statement on a connection of its own.
    pub(crate) async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Ends it in good order: sessions are ended, everything is written.
    pub(crate) async fn stop(&mut self) {
        let server = self.server.take().unwrap();
        apart(move || server.stop().unwrap()).await;
    }

    /// Starts it on the data it had.
    pub(crate) async fn start_again(&mut self) {
        // What is left of the one before must be gone first.
        drop(self.server.take());
        let settings = self.settings.clone();
        self.server = Some(apart(move || Server::start(&settings).unwrap()).await);
    }

    /// `kill -9` of every process of the server at once: a power loss, but for the disk's cache.
    pub(crate) async fn kill_all(&mut self) {
        for id in processes::working_in(&self.data) {
            processes::send(id, Signal::SIGKILL);
        }
        self.is_gone().await;
    }

    /// SIGQUIT: an immediate shutdown, which the next start recovers from.
    pub(crate) async fn shut_down_at_once(&mut self) {
        processes::send(self.server.as_ref().unwrap().process_id(), Signal::SIGQUIT);
        self.is_gone().await;
    }

    /// `kill -9` of one process that serves a session, upon which the server ends all others and
    /// recovers by itself. Tells whether there was one.
    pub(crate) fn kill_a_backend(&self, choice: usize) -> bool {
        let serves = |id: &u32| processes::title(*id).contains("refund_inbox refund_inbox ");
        let backends: Vec<u32> =
            processes::working_in(&self.data).into_iter().filter(serves).collect();
        let Some(chosen) = backends.get(choice % backends.len().max(1)) else { return false };
        processes::send(*chosen, Signal::SIGKILL);
        true
    }

    /// Stops the clock for every process of the server: connections are taken, nothing answers.
    pub(crate) fn freeze(&self) {
        for id in processes::working_in(&self.data) {
            processes::send(id, Signal::SIGSTOP);
        }
    }

    /// Lets them go on.
    pub(crate) fn thaw(&self) {
        for id in processes::working_in(&self.data) {
            processes::send(id, Signal::SIGCONT);
        }
    }

    /// Whether the server has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.server.as_mut().is_none_or(|server| server.has_ended().is_some())
    }

    async fn is_gone(&mut self) {
        eventually("the end of the server", async || self.has_ended()).await;
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A server that does not run cannot be stopped.
        self.thaw();
        drop(self.server.take());
        let _ = fs::remove_dir_all(&self.settings.directory);
    }
}

/// The configuration of a service on the database of this URL, with all accounts.
pub(crate) fn configuration(url: &str) -> String {
    format!("[database]\nurl = {}\n{}", json!(url), player::accounts())
}

/// Makes a state directory with a migrated database in it.
pub(crate) async fn lay_out(directory: &Path) {
    let directory = directory.to_owned();
    apart(move || {
        fs::create_dir_all(&directory).unwrap();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(TEMPLATE.join("postgres")).arg(&directory);
        assert!(copy.status().unwrap().success());
    })
    .await;
}

/// Runs what blocks where that holds nobody up.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A directory for the servers of this process, after those of processes that are gone.
pub(crate) fn directory() -> PathBuf {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults");
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
