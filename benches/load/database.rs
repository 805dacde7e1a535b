//! A private Postgres with full durability, and a fresh, migrated database for each run.

use std::path::Path;
use std::time::Duration;

use private_postgres::{Durability, Tuning};
use refund_inbox::clock::Clock;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use testing::core_time::time_of_family;
use testing::postgres::Databases;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::notifications::Notification;

/// The server of this run. It ends with the process, even if the process is killed.
pub(crate) struct Postgres(Databases);

/// A database of one run.
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) connection: PgConnection,
}

impl Postgres {
    pub(crate) async fn start(tuning: Tuning) -> Self {
        let today = Clock::System.now().date();
        Self(Databases::start_with("load", Durability::Durable, tuning, today).await)
    }

    /// Returns a directory that its processes may write to.
    pub(crate) fn data_directory(&self) -> &Path {
        self.0.postgres.data()
    }

    /// Returns its version, and its settings on which durability depends.
    pub(crate) async fn description(&self) -> String {
        let query = "select string_agg(name || '=' || setting, ', ' order by name) as settings
             from pg_settings
             where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method',
                 'shared_buffers', 'wal_compression', 'max_wal_size', 'checkpoint_timeout')";
        let row = self.0.postgres.content().row(query).await;
        let settings = row["settings"].as_str().unwrap();
        format!("PostgreSQL {}: {settings}", self.0.postgres.version())
    }

    /// Returns the time that all of its processes have spent on a core.
    pub(crate) fn time(&self) -> Duration {
        time_of_family(self.0.postgres.process_id())
    }

    /// Makes a database, migrated and empty.
    pub(crate) async fn fresh(&self) -> Database {
        let url = self.0.database().await;
        let connection = PgConnection::connect(&url).await.unwrap();
        Database { url, connection }
    }

    /// Removes a database that is no longer needed.
    pub(crate) async fn remove(&self, database: Database) {
        database.connection.close().await.unwrap();
        self.0.remove(&database.url).await;
    }
}

/// The differences between the database and what was acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// Acknowledged notifications, or deliveries, that the database does not have.
    pub(crate) lost: i64,
    /// Refunds that are stored twice, or that have an event twice.
    pub(crate) twice: i64,
}

impl Database {
    /// Runs statements that return nothing.
    pub(crate) async fn run(&mut self, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(&mut self.connection).await.unwrap();
    }

    /// Runs statements one by one, because some require it. A `;` at the end of a line ends a
    /// statement.
    pub(crate) async fn run_each(&mut self, statements: &str) {
        for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            self.run(statement).await;
        }
    }

    /// Writes everything out, so that each measurement begins in the same state.
    pub(crate) async fn settle(&mut self) {
        self.run("checkpoint").await;
    }

    /// Returns how many bytes of WAL the server has written.
    pub(crate) async fn wal_bytes(&mut self) -> i64 {
        let position = "select (pg_current_wal_insert_lsn() - '0/0')::bigint";
        sqlx::query_scalar(position).fetch_one(&mut self.connection).await.unwrap()
    }

    /// Looks up everything that was acknowledged since `began`: these notifications, in this number
    /// of answers.
    pub(crate) async fn kept(
        &mut self,
        acknowledged: &[&Notification],
        answers: i64,
        began: OffsetDateTime,
    ) -> Kept {
        let accounts: Vec<&str> = acknowledged.iter().map(|one| one.account.as_str()).collect();
        let refunds: Vec<&str> =
            acknowledged.iter().map(|one| one.merchant_refund_id.as_str()).collect();
        let milliseconds = u128::try_from(began.unix_timestamp_nanos()).unwrap() / 1_000_000;
        let (lost, twice, deliveries): (i64, i64, i64) = sqlx::query_as(include_str!("kept.sql"))
            .bind(accounts)
            .bind(refunds)
            // The ids of deliveries begin with their time.
            .bind(Uuid::from_u128(milliseconds << 80))
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        Kept { lost: lost + (answers - deliveries).max(0), twice }
    }
}
