//! Opening the database that the configuration names, or the embedded one.

use std::path::{Path, PathBuf};

use tracing::info;

use super::Failure;
use crate::config::{Configuration, DatabaseSettings, EmbeddedSettings};
use crate::embedded::{self, Durability, Server};
use crate::store::{ConnectSettings, Store, StoreErrorKind};

/// The file in the state directory that tells other commands where the running server is.
const URL_FILE: &str = "url";

/// An open database, and the private server behind it where there is one.
#[derive(Debug)]
pub(super) struct Database {
    pub store: Store,
    server: Option<(Server, PathBuf)>,
}

/// What to do when another process runs the embedded server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// It is an error: two services must not share a state directory.
    Exclusive,
    /// Connect to that server: this command only looks.
    Shared,
}

impl Database {
    /// Connects to the configured URL, or starts the embedded server and connects to it.
    pub(super) async fn open(
        configuration: &Configuration,
        sharing: Sharing,
    ) -> Result<Self, Failure> {
        if let Some(url) = &configuration.database.url {
            let store = connect(url.clone(), &configuration.database)?;
            return Ok(Self { store, server: None });
        }
        let settings = configuration.embedded.clone();
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
                let store = connect(url, &configuration.database)?;
                Ok(Self { store, server: Some((server, url_file)) })
            }
            Err(embedded::Error::InUse { .. }) if sharing == Sharing::Shared => {
                let url = running(&settings.directory)?;
                Ok(Self { store: connect(url, &configuration.database)?, server: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the database answers, at most as long as the configuration says.
    pub(super) async fn wait(&self, settings: &DatabaseSettings) -> Result<(), Failure> {
        let deadline = tokio::time::Instant::now() + settings.startup_timeout();
        let mut told = false;
        loop {
            match self.store.answers().await {
                Ok(()) => return Ok(()),
                Err(error) if tokio::time::Instant::now() >= deadline => return Err(error.into()),
                Err(error) => match error.kind() {
                    StoreErrorKind::Unreachable
                    | StoreErrorKind::Exhausted
                    | StoreErrorKind::Timeout => {
                        if !std::mem::replace(&mut told, true) {
                            tracing::warn!(%error, "waiting for the database");
                        }
                        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
                    }
                    StoreErrorKind::ReadOnly
                    | StoreErrorKind::Contention
                    | StoreErrorKind::Corrupt
                    | StoreErrorKind::Rejected => return Err(error.into()),
                },
            }
        }
    }

    /// Closes the connections and stops the embedded server.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.store.close().await;
        if let Some((server, url_file)) = self.server {
            // Left behind it names a server that is gone; the next start writes it anew.
            let _ = std::fs::remove_file(url_file);
            tokio::task::spawn_blocking(move || server.stop())
                .await
                .map_err(|error| Failure::Other(error.to_string()))??;
        }
        Ok(())
    }
}

fn connect(url: String, settings: &DatabaseSettings) -> Result<Store, Failure> {
    Ok(Store::new(&ConnectSettings {
        url,
        max_connections: settings.max_connections,
        acquire_timeout: settings.acquire_timeout(),
        statement_timeout: settings.statement_timeout(),
    })?)
}

async fn start(settings: EmbeddedSettings) -> Result<Server, embedded::Error> {
    let EmbeddedSettings { directory, programs } = settings;
    let settings = embedded::Settings { directory, programs, durability: Durability::Durable };
    match tokio::task::spawn_blocking(move || Server::start(&settings)).await {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn running(directory: &Path) -> Result<String, Failure> {
    let path = directory.join(URL_FILE);
    std::fs::read_to_string(&path).map_err(|error| {
        Failure::Other(format!(
            "another process runs the embedded Postgres and is not ready yet: cannot read {}: \
             {error}",
            path.display()
        ))
    })
}
