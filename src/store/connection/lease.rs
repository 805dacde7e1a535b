//! A connection for one piece of work, given back only when the work is finished.
//!
//! When a future is dropped at a deadline its statement may still be under way. The library would
//! wait for that without limit before it frees the connection's place in the pool, and a session
//! left in a transaction would hold its locks. So such a connection is closed instead, and its
//! server is asked before it is used again.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use super::server_check::ServerCheck;
use crate::store::{Store, StoreError};

/// A connection that is closed unless it is given back.
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
    /// Gives the connection back, for the next piece of work.
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
