//! Connections to the database.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::timeout;

use super::server_check::ServerCheck;
use super::servers::{Servers, require_target};
use crate::config::{DatabaseUrl, Target};
use crate::store::StoreError;

/// How the store connects.
#[derive(Clone, Debug)]
pub struct ConnectSettings {
    /// A Postgres URL, of one server or several. It may hold a password and is never printed.
    pub url: String,
    /// The most connections that are open at once.
    pub max_connections: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take before the server ends it.
    pub statement_timeout: Duration,
}

/// The database, reached through a pool of connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(in crate::store) servers: Arc<Servers>,
    /// Whether the last group was about refunds that were stored already.
    pub(in crate::store) meets_stored: Arc<AtomicBool>,
}

/// A cluster may run with `synchronous_commit = off`, where "committed" is a hope, or with a setting
/// that does not wait until the synchronous standby has it on disk, so that it is lost with the
/// primary. Stronger settings than `on` are kept.
const INSIST_ON_DURABILITY: &str = "select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') in ('off', 'local', 'remote_write')";

/// From then on an idle connection is asked whether it is there before it is used.
const LONG_IDLE: Duration = Duration::from_secs(1);

impl Store {
    /// Makes the pool. No connection is opened yet, so a database that is down is no error here;
    /// a URL that is none is.
    pub fn new(settings: &ConnectSettings) -> Result<Self, StoreError> {
        let url = DatabaseUrl::read(&settings.url).map_err(StoreError::rejected)?;
        let servers = url.servers.iter().map(|url| options(url, settings));
        let servers = servers.collect::<Result<Vec<_>, StoreError>>()?;
        let target = url.target;
        let check = ServerCheck::new(servers.len() > 1 || target == Target::TakesWrites);
        let of_new_connections = check.clone();
        let pools = PgPoolOptions::new()
            .max_connections(settings.max_connections)
            .acquire_timeout(settings.acquire_timeout)
            // A connection that was just in use is not asked whether it is there: a group that
            // finds it gone is tried again.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > LONG_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                let check = of_new_connections.clone();
                Box::pin(async move {
                    let accepted = accept(connection, target).await;
                    accepted.inspect_err(|_| check.request())
                })
            });
        let servers = Arc::new(Servers::new(servers, target, pools, check)?);
        Ok(Self { servers, meets_stored: Arc::default() })
    }

    /// Closes all connections, each when what is in hand on it is finished, but waits for that no
    /// longer than `patience`.
    pub async fn close(&self, patience: Duration) {
        // What is not closed by then is cut by the end of the process.
        let _ = timeout(patience, self.servers.pool().close()).await;
    }
}

/// How to connect to the one server of this URL.
fn options(url: &str, settings: &ConnectSettings) -> Result<PgConnectOptions, StoreError> {
    let statement_timeout = settings.statement_timeout.as_millis().to_string();
    Ok(PgConnectOptions::from_str(url)?
        .application_name("refund-inbox")
        .options([
            ("statement_timeout", statement_timeout.as_str()),
            // We are never idle in a transaction; an instance that is frozen must not hold its
            // locks against the others.
            ("idle_in_transaction_session_timeout", "1s"),
            ("timezone", "UTC"),
            // Our statements are prepared once and are about few rows of large tables. Planned
            // anew each time they cost more than they do; planned on an empty table they would
            // read all of it once it is not.
            ("plan_cache_mode", "force_generic_plan"),
            ("enable_seqscan", "off"),
        ])
        .disable_statement_logging())
}

/// Makes a new connection fit for work, or refuses it because of where it leads.
async fn accept(connection: &mut PgConnection, target: Target) -> Result<(), sqlx::Error> {
    require_target(target, connection)
        .await
        .map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    connection.execute(INSIST_ON_DURABILITY).await?;
    Ok(())
}
