//! Opens the configured database, or the embedded one if no URL is configured.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::info;

use super::Failure;
use crate::config::{Configuration, DatabaseSettings, EmbeddedSettings};
use crate::store::{ConnectSettings, Store, StoreError, StoreErrorKind};
use private_postgres::{Durability, Server, Tuning};

/// The file in the state directory that contains the URL of the running server, for other commands.
const URL_FILE: &str = "url";

/// The directory of the private Postgres' files, in the state directory.
const FILES: &str = "postgres";

/// The name of the private Postgres' owner. Its database and superuser are `refund_inbox`.
const NAME: &str = "refund-inbox";

/// An open database, and the private Postgres behind it if there is one.
#[derive(Debug)]
pub(super) struct Database {
    pub store: Store,
    server: Option<Mutex<Running>>,
}

/// The private Postgres, and the file that contains its URL.
#[derive(Debug)]
struct Running {
    server: Server,
    url_file: PathBuf,
}

/// How long open connections may take to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the service checks whether the private Postgres still runs.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// What to do if another process runs the private Postgres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Fail: two services must not share a state directory.
    Exclusive,
    /// Connect to that server: this command receives no notifications.
    Shared,
    /// Connect to that server, and start one only on files that are there: this command looks
    /// something up, and must not create a database in which there is nothing to find.
    LookUp,
    /// Connect to that server, and never start one: this command runs for a long time, and the
    /// service must find the state directory free.
    Attached,
}

impl Database {
    /// Connects to the configured URL, or starts the private Postgres and connects to it. The store
    /// has the keys of `[at_rest]`.
    pub(super) async fn open(
        configuration: &Configuration,
        sharing: Sharing,
    ) -> Result<Self, Failure> {
        let Self { store, server } = Self::open_without_keys(configuration, sharing).await?;
        Ok(Self { store: store.with_keys(&configuration.at_rest), server })
    }

    async fn open_without_keys(
        configuration: &Configuration,
        sharing: Sharing,
    ) -> Result<Self, Failure> {
        if let Some(url) = &configuration.database.url {
            let store = connect(url.clone(), &configuration.database, sharing)?;
            if sharing == Sharing::LookUp
                && let Err(error) = store.answers().await
            {
                // A person reads this error: it says which server, and why.
                return Err(store.why_unreachable().await.unwrap_or(error).into());
            }
            return Ok(Self { store, server: None });
        }
        let settings = configuration.embedded.clone();
        if sharing == Sharing::Attached {
            let url = running(&settings.directory)?;
            let store = connect(url, &configuration.database, sharing)?;
            return Ok(Self { store, server: None });
        }
        if sharing == Sharing::LookUp {
            // Asking the running server first spares the wait for a lock that the service holds.
            if let Ok(url) = running(&settings.directory) {
                let store = connect(url, &configuration.database, sharing)?;
                if store.answers().await.is_ok() {
                    return Ok(Self { store, server: None });
                }
            }
            if !settings.directory.join(FILES).join("PG_VERSION").exists() {
                return Err(Failure::Usage(format!(
                    "no database: expected --config, REFUND_INBOX_CONFIG or [database].url, or a \
                     private Postgres in {}, which only `serve`, `demo` and `migrate` create",
                    settings.directory.display()
                )));
            }
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
            Err(private_postgres::Error::InUse { .. }) if sharing != Sharing::Exclusive => {
                let url = running(&settings.directory)?;
                let store = connect(url, &configuration.database, sharing)?;
                Ok(Self { store, server: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the database answers, at most for the configured start-up timeout.
    pub(super) async fn wait(&self, settings: &DatabaseSettings) -> Result<(), Failure> {
        wait_until(settings, async || self.store.answers().await).await
    }

    /// Waits until the database accepts writes, which it may do later than answering after a
    /// failover.
    pub(super) async fn wait_for_writes(&self, settings: &DatabaseSettings) -> Result<(), Failure> {
        wait_until(settings, async || self.store.takes_writes().await).await
    }

    /// Resolves with the reason when the private Postgres ends by itself. Never resolves if there is
    /// no private Postgres.
    pub(super) async fn server_ended(&self) -> String {
        let Some(running) = &self.server else { return std::future::pending().await };
        loop {
            let ended = running.lock().unwrap_or_else(PoisonError::into_inner).server.has_ended();
            match ended {
                Some(why) => return why,
                None => sleep(CHECK_EVERY).await,
            }
        }
    }

    /// Closes the connections and stops the private Postgres.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.store.close(PATIENCE).await;
        if let Some(running) = self.server {
            let Running { server, url_file } =
                running.into_inner().unwrap_or_else(PoisonError::into_inner);
            // If it stays, it names a stopped server, and the next start overwrites it.
            let _ = std::fs::remove_file(url_file);
            tokio::task::spawn_blocking(move || server.stop())
                .await
                .map_err(|error| Failure::Other(error.to_string()))??;
        }
        Ok(())
    }
}

/// Repeats `ask` until it succeeds, until the error is not transient, or until the timeout.
async fn wait_until(
    settings: &DatabaseSettings,
    mut ask: impl AsyncFnMut() -> Result<(), StoreError>,
) -> Result<(), Failure> {
    let deadline = Instant::now() + settings.startup_timeout();
    let mut is_logged = false;
    loop {
        match ask().await {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(error.into()),
            Err(error) => match error.kind() {
                StoreErrorKind::Unreachable
                | StoreErrorKind::ReadOnly
                | StoreErrorKind::Exhausted
                | StoreErrorKind::Timeout => {
                    if !std::mem::replace(&mut is_logged, true) {
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

/// The statement timeout of look-ups: a service must answer within its deadline, but a person can
/// wait longer.
const LOOK_UP_STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

fn connect(url: String, settings: &DatabaseSettings, sharing: Sharing) -> Result<Store, Failure> {
    let statement_timeout = match sharing {
        Sharing::Exclusive | Sharing::Attached => settings.statement_timeout(),
        Sharing::Shared | Sharing::LookUp => LOOK_UP_STATEMENT_TIMEOUT,
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
    let settings = private_postgres::Settings {
        name: NAME.to_owned(),
        directory,
        programs,
        durability: Durability::Durable,
        tuning: Tuning::SmallCommits,
    };
    match tokio::task::spawn_blocking(move || Server::start(&settings)).await {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn running(directory: &Path) -> Result<String, Failure> {
    let path = directory.join(URL_FILE);
    std::fs::read_to_string(&path).map_err(|error| {
        Failure::Other(format!(
            "no service runs the private Postgres, or it is not ready yet: cannot read {}: {error}",
            path.display()
        ))
    })
}
