//! Opening the database that the configuration names, or the embedded one.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::info;

use super::Failure;
use crate::config::{Configuration, DatabaseSettings, EmbeddedSettings};
use crate::store::{ConnectSettings, Store, StoreError, StoreErrorKind};
use private_postgres::{self, Durability, Server};

/// The file in the state directory that tells other commands where the running server is.
const URL_FILE: &str = "url";

/// An open database, and the private server behind it where there is one.
#[derive(Debug)]
pub(super) struct Database {
    pub store: Store,
    server: Option<Mutex<Running>>,
}

/// The embedded server, and the file that tells others where it is.
#[derive(Debug)]
struct Running {
    server: Server,
    url_file: PathBuf,
}

/// How long open connections may take to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the embedded server is looked at.
const WATCH: Duration = Duration::from_secs(1);

/// What to do when another process runs the embedded server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// It is an error: two services must not share a state directory.
    Exclusive,
    /// Connect to that server: this command serves nobody.
    Shared,
    /// Only connect to that server, never start it: this command stays, and the service must find
    /// the state directory free.
    Attached,
}

impl Database {
    /// Connects to the configured URL, or starts the embedded server and connects to it.
    pub(super) async fn open(
        configuration: &Configuration,
        sharing: Sharing,
    ) -> Result<Self, Failure> {
        if let Some(url) = &configuration.database.url {
            let store = connect(url.clone(), &configuration.database, sharing)?;
            return Ok(Self { store, server: None });
        }
        let settings = configuration.embedded.clone();
        if sharing == Sharing::Attached {
            let url = running(&settings.directory)?;
            let store = connect(url, &configuration.database, sharing)?;
            return Ok(Self { store, server: None });
        }
        match start(settings.clone()).await {
            Ok(server) => {
                let url = server.url();
                let url_file = settings.directory.join(URL_FILE);
                std::fs::write(&url_file, &url)?;
                info!(
                    directory = %settings.directory.display(),
                    version = server.version(),
                    "no [database].url: running a private Postgres in the state directory"
                );
                let store = connect(url, &configuration.database, sharing)?;
                Ok(Self { store, server: Some(Mutex::new(Running { server, url_file })) })
            }
            Err(private_postgres::Error::InUse { .. }) if sharing == Sharing::Shared => {
                let url = running(&settings.directory)?;
                let store = connect(url, &configuration.database, sharing)?;
                Ok(Self { store, server: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the database answers, at most as long as the configuration says.
    pub(super) async fn wait(&self, settings: &DatabaseSettings) -> Result<(), Failure> {
        wait_until(settings, async || self.store.answers().await).await
    }

    /// Waits until the database takes writes as well: after a failover it answers before that.
    pub(super) async fn wait_for_writes(&self, settings: &DatabaseSettings) -> Result<(), Failure> {
        wait_until(settings, async || self.store.takes_writes().await).await
    }

    /// Resolves when the embedded server ends by itself, with what it said; never where the
    /// database is somebody else's.
    pub(super) async fn server_ended(&self) -> String {
        let Some(running) = &self.server else { return std::future::pending().await };
        loop {
            let ended = running.lock().unwrap_or_else(PoisonError::into_inner).server.has_ended();
            match ended {
                Some(why) => return why,
                None => sleep(WATCH).await,
            }
        }
    }

    /// Closes the connections and stops the embedded server.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.store.close(PATIENCE).await;
        if let Some(running) = self.server {
            let Running { server, url_file } =
                running.into_inner().unwrap_or_else(PoisonError::into_inner);
            // Left behind it names a server that is gone; the next start writes it anew.
            let _ = std::fs::remove_file(url_file);
            tokio::task::spawn_blocking(move || server.stop())
                .await
                .map_err(|error| Failure::Other(error.to_string()))??;
        }
        Ok(())
    }
}

/// Asks again and again, as long as what is wrong may pass by itself and there is time.
async fn wait_until(
    settings: &DatabaseSettings,
    mut ask: impl AsyncFnMut() -> Result<(), StoreError>,
) -> Result<(), Failure> {
    let deadline = Instant::now() + settings.startup_timeout();
    let mut told = false;
    loop {
        match ask().await {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(error.into()),
            Err(error) => match error.kind() {
                StoreErrorKind::Unreachable
                | StoreErrorKind::ReadOnly
                | StoreErrorKind::Exhausted
                | StoreErrorKind::Timeout => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%error, "waiting for the database");
                    }
                    sleep(Duration::from_millis(250)).await;
                }
                StoreErrorKind::Repeated
                | StoreErrorKind::Contention
                | StoreErrorKind::Content
                | StoreErrorKind::Corrupt
                | StoreErrorKind::Superseded
                | StoreErrorKind::Rejected => return Err(error.into()),
            },
        }
    }
}

/// Services answer in time or not at all; a person who looks something up can wait.
const STATEMENT_TIMEOUT_OF_PEOPLE: Duration = Duration::from_secs(60);

fn connect(url: String, settings: &DatabaseSettings, sharing: Sharing) -> Result<Store, Failure> {
    let statement_timeout = match sharing {
        Sharing::Exclusive | Sharing::Attached => settings.statement_timeout(),
        Sharing::Shared => STATEMENT_TIMEOUT_OF_PEOPLE,
    };
    Ok(Store::new(&ConnectSettings {
        url,
        max_connections: settings.max_connections,
        acquire_timeout: settings.acquire_timeout(),
        statement_timeout,
    })?)
}

async fn start(settings: EmbeddedSettings) -> Result<Server, private_postgres::Error> {
    let EmbeddedSettings { directory, programs } = settings;
    let settings =
        private_postgres::Settings { directory, programs, durability: Durability::Durable };
    match tokio::task::spawn_blocking(move || Server::start(&settings)).await {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn running(directory: &Path) -> Result<String, Failure> {
    let path = directory.join(URL_FILE);
    std::fs::read_to_string(&path).map_err(|error| {
        Failure::Other(format!(
            "no service runs the embedded Postgres, or it is not ready yet: cannot read {}: {error}",
            path.display()
        ))
    })
}
