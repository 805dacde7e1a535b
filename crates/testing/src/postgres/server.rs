//! One server, which can be stopped and started again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use private_postgres::{Durability, Server, Settings, Tuning};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::database::Database;
use crate::scratch;
use crate::waiting::{apart, eventually};

/// A private server, which ends with its test.
pub struct Postgres {
    server: Mutex<Option<Server>>,
    settings: Settings,
    url: String,
    pub(super) data: PathBuf,
    pub(super) socket_directory: PathBuf,
    pub(super) programs: PathBuf,
    version: String,
    /// Whether its directory stays when the server is dropped.
    is_kept: bool,
}

impl Postgres {
    /// Starts an empty server that need not survive a power loss.
    pub async fn start(name: &str) -> Self {
        Self::start_in(scratch::unused(name), Durability::Relaxed).await
    }

    /// Starts a server in this directory, with the data that it contains, if any.
    pub async fn start_in(directory: PathBuf, durability: Durability) -> Self {
        Self::start_tuned(directory, durability, Tuning::Defaults).await
    }

    /// Starts a server that is tuned, in this directory.
    pub async fn start_tuned(directory: PathBuf, durability: Durability, tuning: Tuning) -> Self {
        let name = "refund-inbox".to_owned();
        let settings = Settings { name, directory, programs: None, durability, tuning };
        let (settings, server) = apart(move || {
            let server = Server::start(&settings).unwrap();
            (settings, server)
        })
        .await;
        Self {
            settings,
            url: server.url(),
            data: server.data_directory().to_owned(),
            socket_directory: server.socket_directory().to_owned(),
            programs: server.programs_directory().to_owned(),
            version: server.version().to_owned(),
            is_kept: false,
            server: Mutex::new(Some(server)),
        }
    }

    /// Keeps the directory with the data when the server is dropped.
    #[must_use]
    pub fn kept(self) -> Self {
        let mut kept = self;
        kept.is_kept = true;
        kept
    }

    /// Returns the URL of its database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the URL of another of its databases.
    pub fn url_of(&self, database: &str) -> String {
        self.url.replacen("/refund_inbox?", &format!("/{database}?"), 1)
    }

    /// Returns the directory with its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Returns the path of its log.
    pub fn log_file(&self) -> PathBuf {
        self.server().as_ref().unwrap().log_file().to_owned()
    }

    /// Returns the version of its programs.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the number of its first process.
    pub fn process_id(&self) -> u32 {
        self.server().as_ref().unwrap().process_id()
    }

    /// Opens its database.
    pub fn content(&self) -> Database {
        Database::new(&self.url)
    }

    /// Runs statements on a new connection. Their commit does not wait for a standby.
    pub async fn run(&self, statements: &str) {
        let options: PgConnectOptions = self.url.parse().unwrap();
        let options = options.options([("synchronous_commit", "local")]);
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Stops the server in good order: it ends all sessions and writes everything to disk.
    pub async fn stop(&self) {
        let server = self.server().take().unwrap();
        apart(move || server.stop().unwrap()).await;
    }

    /// Starts the server again on its data.
    pub async fn start_again(&self) {
        let before = self.server().take();
        let settings = self.settings.clone();
        let server = apart(move || {
            // The processes of the previous server must be gone first.
            drop(before);
            Server::start(&settings).unwrap()
        });
        *self.server() = Some(server.await);
    }

    /// Returns whether the server has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.server().as_mut().is_none_or(|server| server.has_ended().is_some())
    }

    /// Waits until the server has ended by itself.
    pub(super) async fn is_gone(&self) {
        eventually("the end of the server", async || self.has_ended()).await;
    }

    /// Returns its state directory.
    pub(super) fn directory(&self) -> &Path {
        &self.settings.directory
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A frozen server cannot be stopped.
        self.thaw();
        drop(self.server().take());
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.settings.directory);
        }
    }
}
