//! Which server of the URL the store works with: one that takes writes now, where that is asked for.
//!
//! The library's pool knows one server. So there is a pool for the chosen one, and when another is
//! chosen a new pool takes its place: no connection to the former server is used again.
//!
//! Work that was not finished casts doubt on the choice, whatever the reason, and so does a new
//! connection that leads to a standby. In doubt the servers are asked in turn, the chosen one
//! first, each within a bound of its own: one that hangs leaves time for the others. Where the URL
//! names one server and any will do, there is nothing to choose, and the pool alone is at work.

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

/// Between two rounds in which no server would do.
const PAUSE: Duration = Duration::from_millis(100);

/// True on a standby, and on a primary that was made read-only.
const REFUSES_WRITES: &str =
    "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean";

/// The servers of the URL, and a pool of connections to the chosen one.
pub(in crate::store) struct Servers {
    servers: Vec<Server>,
    target: Target,
    /// How each server's pool is made, but for the time that a caller waits.
    pools: PgPoolOptions,
    acquire_timeout: Duration,
    chosen: RwLock<Chosen>,
    check: ServerCheck,
    /// Held while servers are asked: one round serves all who wait.
    asking: Mutex<()>,
}

/// One server, by its name in logs.
struct Server {
    name: String,
    options: PgConnectOptions,
}

/// The server that the store works with.
struct Chosen {
    name: String,
    pool: PgPool,
}

impl Servers {
    /// Begins with the first of `servers`. Nothing is opened yet.
    pub(in crate::store) fn new(
        servers: Vec<PgConnectOptions>,
        target: Target,
        pools: PgPoolOptions,
        check: ServerCheck,
    ) -> Result<Self, StoreError> {
        let servers: Vec<Server> = servers.into_iter().map(Server::new).collect();
        let first = servers.first().ok_or_else(|| StoreError::rejected("no server is named"))?;
        let acquire_timeout = pools.get_acquire_timeout();
        // A share for asking each server, and one for the pool of the one that is chosen.
        let shares = if check.is_needed() { servers.len().saturating_add(1) } else { 1 };
        let share = acquire_timeout / u32::try_from(shares).unwrap_or(u32::MAX);
        let pools = pools.acquire_timeout(share);
        let pool = pools.clone().connect_lazy_with(first.options.clone());
        let chosen = RwLock::new(Chosen { name: first.name.clone(), pool });
        Ok(Self { servers, target, pools, acquire_timeout, chosen, check, asking: Mutex::new(()) })
    }

    /// The pool of the chosen server.
    pub(in crate::store) fn pool(&self) -> PgPool {
        self.chosen.read().unwrap_or_else(PoisonError::into_inner).pool.clone()
    }

    /// What is told of work that was not finished.
    pub(in crate::store) fn check(&self) -> ServerCheck {
        self.check.clone()
    }

    /// A connection to a server that will do.
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

    /// Why a pool gave no connection. It is a reason for check, unless all were at work.
    pub(in crate::store) fn not_acquired(&self, pool: &PgPool, error: sqlx::Error) -> StoreError {
        let is_late = matches!(error, sqlx::Error::PoolTimedOut);
        if is_late && pool.size() >= self.pools.get_max_connections() {
            return error.into();
        }
        self.check.request();
        // The library tries again and again, and does not tell why it gave up.
        if is_late { no_connection() } else { error.into() }
    }

    /// The pool of a server that will do.
    pub(in crate::store) async fn selected_pool(&self) -> Result<PgPool, StoreError> {
        self.select().await?;
        Ok(self.pool())
    }

    /// Ends the check, where there is any: asks the servers, and chooses the first that will do.
    async fn select(&self) -> Result<(), StoreError> {
        if !self.check.is_due() {
            return Ok(());
        }
        let _one_at_a_time = self.asking.lock().await;
        // Somebody else's round may have ended it.
        if self.check.is_due() {
            self.choose(self.ask().await?);
            self.check.done();
        }
        Ok(())
    }

    /// The first server that will do. The chosen one comes before all others: a former primary
    /// that comes back is not preferred to the one that took its place.
    async fn ask(&self) -> Result<&Server, StoreError> {
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner).name.clone();
        let (first, others): (Vec<&Server>, Vec<&Server>) =
            self.servers.iter().partition(|server| server.name == chosen);
        let bound = self.pools.get_acquire_timeout();
        let mut reasons = Vec::new();
        for server in first.into_iter().chain(others) {
            match timeout(bound, server.ask(self.target)).await {
                Ok(Ok(())) => return Ok(server),
                Ok(Err(error)) => reasons.push((server.name.as_str(), error)),
                Err(_) => reasons.push((server.name.as_str(), no_answer(bound))),
            }
        }
        Err(StoreError::no_server(&reasons))
    }

    fn choose(&self, server: &Server) {
        let mut chosen = self.chosen.write().unwrap_or_else(PoisonError::into_inner);
        if chosen.name == server.name {
            return;
        }
        let pool = self.pools.clone().connect_lazy_with(server.options.clone());
        let former = std::mem::replace(&mut *chosen, Chosen { name: server.name.clone(), pool });
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

    /// Whether this server will do.
    async fn ask(&self, target: Target) -> Result<(), StoreError> {
        let mut connection = self.options.connect().await?;
        require_target(target, &mut connection).await?;
        // The answer is there: how the connection ends does not matter.
        let _ = connection.close().await;
        Ok(())
    }
}

/// An error when this connection leads to a server that will not do.
pub(in crate::store) async fn require_target(
    target: Target,
    connection: &mut PgConnection,
) -> Result<(), StoreError> {
    match target {
        Target::Any => Ok(()),
        Target::TakesWrites => {
            let refuses: bool = sqlx::query_scalar(REFUSES_WRITES).fetch_one(connection).await?;
            if refuses { Err(StoreError::read_only("it takes no writes")) } else { Ok(()) }
        }
    }
}

fn no_connection() -> StoreError {
    StoreError::unreachable("no connection could be made in time")
}

fn no_answer(bound: Duration) -> StoreError {
    StoreError::unreachable(format!("no answer within {} ms", bound.as_millis()))
}

/// Without the servers' options: they hold passwords.
impl std::fmt::Debug for Servers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.servers.iter().map(|server| &server.name);
        formatter.debug_list().entries(names).finish()
    }
}
