//! Selects the server of the URL that the store uses. If the URL requires it, that server takes
//! writes.
//!
//! A pool of sqlx connects to one server. So the store has a pool for the selected server, and
//! replaces it when it selects another: connections to the former server are not used again.
//!
//! Unfinished work requests a check of the servers, and so does a new connection that leads to a
//! standby. The check asks the servers in turn, the selected one first. Each has a time limit of
//! its own, so that one that hangs leaves time for the others. If the URL names one server and does
//! not require that it takes writes, there is nothing to select, and no check is ever due.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::server_check::ServerCheck;
use crate::config::Target;
use crate::store::StoreError;
use crate::telemetry;

/// The pause between two rounds in which no server qualified.
const PAUSE: Duration = Duration::from_millis(100);

/// Selects true on a standby, and on a primary that was made read-only.
const REFUSES_WRITES: &str =
    "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean";

/// The servers of the URL, and a pool of connections to the selected one.
pub(in crate::store) struct Servers {
    servers: Vec<Server>,
    target: Target,
    /// The options of each server's pool. Their timeout is one server's share of `acquire_timeout`.
    pools: PgPoolOptions,
    /// How long a caller waits for a connection.
    acquire_timeout: Duration,
    selected: RwLock<Selected>,
    check: ServerCheck,
    /// Held while the servers are checked: one check serves all callers that wait.
    checking: Mutex<()>,
}

/// One server.
struct Server {
    /// Its host and port, for logs.
    name: String,
    options: PgConnectOptions,
}

/// The server that the store uses.
struct Selected {
    name: String,
    pool: PgPool,
}

impl Servers {
    /// Selects the first of `servers` for now. It opens no connection yet.
    pub(in crate::store) fn new(
        servers: Vec<PgConnectOptions>,
        target: Target,
        pools: PgPoolOptions,
        check: ServerCheck,
    ) -> Result<Self, StoreError> {
        let servers: Vec<Server> = servers.into_iter().map(Server::new).collect();
        let first = servers.first().ok_or_else(|| StoreError::rejected("no server is named"))?;
        let acquire_timeout = pools.get_acquire_timeout();
        // The timeout has a share for the check of each server, and one for the selected pool.
        let shares = if check.is_needed() { servers.len().saturating_add(1) } else { 1 };
        let share = acquire_timeout / u32::try_from(shares).unwrap_or(u32::MAX);
        let pools = pools.acquire_timeout(share);
        let pool = pools.clone().connect_lazy_with(first.options.clone());
        let selected = RwLock::new(Selected { name: first.name.clone(), pool });
        let checking = Mutex::new(());
        Ok(Self { servers, target, pools, acquire_timeout, selected, check, checking })
    }

    /// Returns the pool of the selected server.
    pub(in crate::store) fn pool(&self) -> PgPool {
        self.selected.read().unwrap_or_else(PoisonError::into_inner).pool.clone()
    }

    /// Returns the check that unfinished work requests.
    pub(in crate::store) fn check(&self) -> ServerCheck {
        self.check.clone()
    }

    /// Waits for a connection to a server that qualifies.
    pub(in crate::store) async fn acquire(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        if !self.check.is_needed() {
            return self.acquire_from(&self.pool()).await;
        }
        let mut why = no_connection();
        let attempts = async {
            loop {
                match self.try_acquire().await {
                    Ok(connection) => return connection,
                    Err(error) => why = error,
                }
                sleep(PAUSE).await;
            }
        };
        let acquired = timeout(self.acquire_timeout, attempts).await;
        acquired.map_err(|_| why)
    }

    async fn try_acquire(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        let pool = self.selected_pool().await?;
        tokio::select! {
            biased;
            acquired = self.acquire_from(&pool) => acquired,
            () = self.check.until_due() => Err(no_connection()),
        }
    }

    async fn acquire_from(&self, pool: &PgPool) -> Result<PoolConnection<Postgres>, StoreError> {
        pool.acquire().await.map_err(|error| self.not_acquired(pool, error))
    }

    /// Returns the error of a pool that gave no connection. Requests a check of the servers, unless
    /// all connections of the pool were in use.
    pub(in crate::store) fn not_acquired(&self, pool: &PgPool, error: sqlx::Error) -> StoreError {
        let is_late = matches!(error, sqlx::Error::PoolTimedOut);
        if is_late && pool.size() >= self.pools.get_max_connections() {
            return error.into();
        }
        self.check.request();
        // sqlx retries until the timeout, and its error does not contain the reason of the
        // failures.
        if is_late { no_connection() } else { error.into() }
    }

    /// Returns the pool of a server that qualifies.
    pub(in crate::store) async fn selected_pool(&self) -> Result<PgPool, StoreError> {
        self.select_if_due().await?;
        Ok(self.pool())
    }

    /// If a check is due, checks the servers and selects the first one that qualifies.
    async fn select_if_due(&self) -> Result<(), StoreError> {
        if !self.check.is_due() {
            return Ok(());
        }
        let _one_at_a_time = self.checking.lock().await;
        // Another caller may have finished the check while this one waited.
        if self.check.is_due() {
            self.select(self.first_qualified().await?);
            self.check.done();
        }
        Ok(())
    }

    /// Returns the first server that qualifies. It asks the selected one first: a former primary
    /// that comes back does not replace the server that took its place.
    async fn first_qualified(&self) -> Result<&Server, StoreError> {
        let selected = self.selected.read().unwrap_or_else(PoisonError::into_inner).name.clone();
        let (first, others): (Vec<&Server>, Vec<&Server>) =
            self.servers.iter().partition(|server| server.name == selected);
        let limit = self.pools.get_acquire_timeout();
        let mut reasons = Vec::new();
        for server in first.into_iter().chain(others) {
            match timeout(limit, server.check(self.target)).await {
                Ok(Ok(())) => return Ok(server),
                Ok(Err(error)) => reasons.push((server.name.as_str(), error)),
                Err(_) => reasons.push((server.name.as_str(), no_answer(limit))),
            }
        }
        Err(StoreError::no_server(&reasons))
    }

    /// Returns why no server can be used, from one attempt at each, or `None` if one can.
    pub(in crate::store) async fn why_unreachable(&self) -> Option<StoreError> {
        self.first_qualified().await.err()
    }

    /// Selects this server. If it is another one than before, replaces the pool.
    fn select(&self, server: &Server) {
        let mut selected = self.selected.write().unwrap_or_else(PoisonError::into_inner);
        if selected.name == server.name {
            return;
        }
        let pool = self.pools.clone().connect_lazy_with(server.options.clone());
        let former =
            std::mem::replace(&mut *selected, Selected { name: server.name.clone(), pool });
        telemetry::database_server_changed(&former.name, &server.name);
        tokio::spawn(async move { former.pool.close().await });
    }
}

impl Server {
    fn new(options: PgConnectOptions) -> Self {
        let name = match options.get_socket() {
            Some(directory) => format!("{}:{}", directory.display(), options.get_port()),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Self { name, options }
    }

    /// Checks that this server qualifies.
    async fn check(&self, target: Target) -> Result<(), StoreError> {
        let mut connection = self.options.connect().await?;
        require_target(target, &mut connection).await?;
        // The server has answered. An error while the connection closes does not matter.
        let _ = connection.close().await;
        Ok(())
    }
}

/// Returns an error if the server at the other end of this connection does not qualify as the
/// target.
pub(in crate::store) async fn require_target(
    target: Target,
    connection: &mut PgConnection,
) -> Result<(), StoreError> {
    match target {
        Target::Any => Ok(()),
        Target::TakesWrites => {
            let refuses: bool = sqlx::query_scalar(REFUSES_WRITES).fetch_one(connection).await?;
            if refuses { Err(StoreError::read_only("the server takes no writes")) } else { Ok(()) }
        }
    }
}

fn no_connection() -> StoreError {
    StoreError::unreachable("could not connect in time")
}

fn no_answer(limit: Duration) -> StoreError {
    StoreError::unreachable(format!("no answer within {} ms", limit.as_millis()))
}

/// Prints the names only: the servers' options contain passwords.
impl std::fmt::Debug for Servers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.servers.iter().map(|server| &server.name);
        formatter.debug_list().entries(names).finish()
    }
}
