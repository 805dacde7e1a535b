//! Creates the store, and prepares each new connection.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::timeout;

use super::server_check::ServerCheck;
use super::servers::{Servers, require_target};
use crate::config::{AtRestSettings, DatabaseUrl, Target};
use crate::store::StoreError;
use crate::store::at_rest::KeyRing;

/// How the store connects.
#[derive(Clone)]
pub struct ConnectSettings {
    /// A Postgres URL, of one server or several. It may hold a password and is never printed.
    pub url: String,
    /// The most connections that are open at once.
    pub max_connections: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take before the server cancels it.
    pub statement_timeout: Duration,
}

/// Leaves out the URL, which may hold a password.
impl fmt::Debug for ConnectSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url: _, max_connections, acquire_timeout, statement_timeout } = self;
        formatter
            .debug_struct("ConnectSettings")
            .field("max_connections", max_connections)
            .field("acquire_timeout", acquire_timeout)
            .field("statement_timeout", statement_timeout)
            .finish_non_exhaustive()
    }
}

/// The database, reached through a pool of connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(in crate::store) servers: Arc<Servers>,
    /// Whether the last group affected what was stored already, so that the next one probably does.
    pub(in crate::store) expects_stored: Arc<AtomicBool>,
    /// The keys that seal and open bodies and headers.
    pub(in crate::store) keys: Arc<KeyRing>,
    pub(super) settings: Arc<ConnectSettings>,
    /// Whether a count of many rows rests now and then, because deliveries are recorded meanwhile.
    pub(in crate::store) rests: bool,
}

/// Makes a commit durable before it returns. With `synchronous_commit = off`, the server
/// acknowledges a commit that a crash can still lose. With `local` or `remote_write`, it does not
/// wait until the synchronous standby has the commit on disk, so that the loss of the primary can
/// lose it. Settings stronger than `on` are kept.
const REQUIRE_DURABILITY: &str = "select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') in ('off', 'local', 'remote_write')";

/// Makes the server refuse every write of the session, and answer with one process, so that one
/// reader never takes several cores.
const ONLY_READ: &str =
    "set default_transaction_read_only = on; set max_parallel_workers_per_gather = 0";

/// What the connections of a store may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    ReadWrite,
    ReadOnly,
}

/// How the server plans our statements.
///
/// Each statement is prepared once and reads few rows of large tables. Planning it again costs more
/// than running it, and compiling it costs more than both. But its plan is often made while the
/// tables are empty or small, when reading a whole table or a whole index costs nothing, and it
/// stays in use when they have grown. So the planner may only look rows up, one after the other, by
/// an index. The statements are written so that this is always possible: the test
/// `tests/service/statements.rs` fails if one of them has no such plan.
const PLANNING: [(&str, &str); 7] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_material", "off"),
];

/// Undoes the part of [`PLANNING`] that does not suit migrations, which read whole tables.
pub(in crate::store) const PLAN_WHOLE_TABLES: &str = "set enable_seqscan = on; \
     set enable_bitmapscan = on; set enable_hashjoin = on; set enable_mergejoin = on; \
     set enable_material = on";

/// How long a connection may be idle before it is tested before its next use.
const LONG_IDLE: Duration = Duration::from_secs(1);

impl Store {
    /// Creates the pool. It opens no connection yet. A database that is down is not an error here;
    /// a malformed URL is.
    pub fn new(settings: &ConnectSettings) -> Result<Self, StoreError> {
        Self::open(settings, Mode::ReadWrite)
    }

    /// Creates the pool like [`new`](Self::new), with connections that may write or only read.
    pub(super) fn open(settings: &ConnectSettings, mode: Mode) -> Result<Self, StoreError> {
        let url = DatabaseUrl::read(&settings.url).map_err(StoreError::rejected)?;
        let servers = url.servers.iter().map(|url| options(url, settings));
        let servers = servers.collect::<Result<Vec<_>, StoreError>>()?;
        let target = url.target;
        let check = ServerCheck::new(servers.len() > 1 || target == Target::TakesWrites);
        let of_new_connections = check.clone();
        let pools = PgPoolOptions::new()
            .max_connections(settings.max_connections)
            .acquire_timeout(settings.acquire_timeout)
            // A connection that was just in use is not tested. If it is lost, the group is tried
            // again.
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
                    let accepted = accept(connection, target, mode).await;
                    accepted.inspect_err(|_| check.request())
                })
            });
        let servers = Arc::new(Servers::new(servers, target, pools, check)?);
        let settings = Arc::new(settings.clone());
        let rests = mode == Mode::ReadOnly;
        Ok(Self { servers, expects_stored: Arc::default(), keys: Arc::default(), settings, rests })
    }

    /// Returns this store with the keys that seal and open bodies and headers. Without keys it stores
    /// them as they were received.
    #[must_use]
    pub fn with_keys(self, settings: &AtRestSettings) -> Self {
        Self { keys: Arc::new(KeyRing::new(settings)), ..self }
    }

    /// Closes all connections, each when its current work is finished. Waits at most `patience`.
    pub async fn close(&self, patience: Duration) {
        // The end of the process cuts any connection that is still open then.
        let _ = timeout(patience, self.servers.pool().close()).await;
    }
}

/// Returns the options of a connection to the one server of this URL.
fn options(url: &str, settings: &ConnectSettings) -> Result<PgConnectOptions, StoreError> {
    let statement_timeout = settings.statement_timeout.as_millis().to_string();
    Ok(PgConnectOptions::from_str(url)?
        .application_name("refund-inbox")
        .options([
            ("statement_timeout", statement_timeout.as_str()),
            // We are never idle in a transaction. If an instance freezes in one, it must not block
            // the others with its locks.
            ("idle_in_transaction_session_timeout", "1s"),
            ("timezone", "UTC"),
        ])
        .options(PLANNING)
        .disable_statement_logging())
}

/// Prepares a new connection for work, or refuses it if its server does not qualify as the target.
async fn accept(
    connection: &mut PgConnection,
    target: Target,
    mode: Mode,
) -> Result<(), sqlx::Error> {
    require_target(target, connection)
        .await
        .map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    connection.execute(REQUIRE_DURABILITY).await?;
    match mode {
        Mode::ReadWrite => {}
        // Comes last: a read-only session would make its server look like a standby.
        Mode::ReadOnly => {
            connection.execute(ONLY_READ).await?;
        }
    }
    Ok(())
}
