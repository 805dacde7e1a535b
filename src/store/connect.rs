//! Connections to the database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::timeout;

use super::StoreError;

/// How the store connects.
#[derive(Clone, Debug)]
pub struct ConnectSettings {
    /// A Postgres URL. It may hold a password and is never printed.
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
    pub(super) pool: PgPool,
    pub(super) max_connections: u32,
}

/// A cluster may run with `synchronous_commit = off`, where "committed" is a hope. Stronger
/// settings than `on` are kept.
const INSIST_ON_DURABILITY: &str = "select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') = 'off' and current_setting('fsync') = 'on'";

/// From then on an idle connection is asked whether it is there before it is used.
const LONG_IDLE: Duration = Duration::from_secs(1);

impl Store {
    /// Makes the pool. No connection is opened yet, so a database that is down is no error here;
    /// a URL that is none is.
    pub fn new(settings: &ConnectSettings) -> Result<Self, StoreError> {
        let statement_timeout = settings.statement_timeout.as_millis().to_string();
        let options = PgConnectOptions::from_str(&settings.url)?
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
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
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
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(INSIST_ON_DURABILITY).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, max_connections: settings.max_connections })
    }

    /// Closes all connections, each when what is in hand on it is finished, but waits for that no
    /// longer than `patience`.
    pub async fn close(&self, patience: Duration) {
        // What is not closed by then is cut by the end of the process.
        let _ = timeout(patience, self.pool.close()).await;
    }
}
