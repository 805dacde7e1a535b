//! Retention: empties old deliveries, and drops old months of them.
//!
//! One instance at a time does it, in short transactions, each under a lock that it takes only if it
//! is free. Recording never waits for it: it changes old rows, and the one statement that locks a
//! table gives up quickly and is tried again later.

mod empty;
mod months;

pub use empty::Emptied;
pub use months::{KeptMonth, Months};

use sqlx::{Executor, PgConnection};

use super::StoreError;

/// Takes the lock of retention until the end of the transaction. Returns false if another instance
/// has it.
async fn is_alone(connection: &mut PgConnection) -> Result<bool, StoreError> {
    connection.execute("set local lock_timeout = '200ms'").await?;
    let lock = "select pg_try_advisory_xact_lock(7301946318027155)";
    Ok(sqlx::query_scalar(lock).fetch_one(connection).await?)
}
