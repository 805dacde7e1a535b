//! A connection for one piece of work, given back only when the work is finished.
//!
//! When a future is dropped at a deadline its statement may still be under way. The library would
//! wait for that without limit before it frees the connection's place in the pool, and a session
//! left in a transaction would hold its locks. So such a connection is closed instead.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use super::{Store, StoreError};

/// A connection that is closed unless it is given back.
#[derive(Debug)]
pub(super) struct Lease {
    connection: PoolConnection<Postgres>,
    is_finished: bool,
}

impl Store {
    /// Takes a connection out of the pool.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        match self.pool.acquire().await {
            Ok(connection) => Ok(Lease { connection, is_finished: false }),
            Err(sqlx::Error::PoolTimedOut) if self.pool.size() < self.max_connections => {
                // The library tries again and again, and does not tell why it gave up.
                Err(StoreError::unreachable("no connection could be made in time"))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Lease {
    /// Gives the connection back, for the next piece of work.
    pub(super) fn give_back(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.is_finished {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
