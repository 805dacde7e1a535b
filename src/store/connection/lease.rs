//! A lease: a connection for one piece of work, which goes back to the pool only if the work
//! finishes.
//!
//! If a future is dropped at a deadline, its statement may still be running. sqlx would wait for
//! that statement without limit before it frees the connection's place in the pool, and a session
//! that is left in a transaction would hold its locks. So a lease that is not given back closes its
//! connection, and the servers are checked before the next connection is used.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use super::server_check::ServerCheck;
use crate::store::{Store, StoreError};

/// A connection that is closed on drop, unless it was given back.
#[derive(Debug)]
pub(in crate::store) struct Lease {
    connection: PoolConnection<Postgres>,
    check: ServerCheck,
    is_finished: bool,
}

impl Store {
    /// Takes a connection out of the pool.
    pub(in crate::store) async fn lease(&self) -> Result<Lease, StoreError> {
        let connection = self.servers.acquire().await?;
        Ok(Lease { connection, check: self.servers.check(), is_finished: false })
    }
}

impl Lease {
    /// Gives the connection back to the pool.
    pub(in crate::store) fn give_back(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.is_finished {
            self.connection.close_on_drop();
            self.check.request();
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
