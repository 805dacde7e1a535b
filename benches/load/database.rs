//! A private Postgres with nothing of its durability weakened, and a fresh, migrated database for
//! each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use private_postgres::{Durability, Server, Settings};
use refund_inbox::clock::Clock;
use refund_inbox::store::{ConnectSettings, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::notifications::Notification;
use crate::processes::time_of_family;

const TEMPLATE: &str = "migrated";

/// The server of this run. It ends with the process, whatever ends that.
pub(crate) struct Postgres {
    server: Server,
    outside: PgConnection,
    made: u32,
}

/// A database of one run.
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) connection: PgConnection,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let settings = Settings {
            name: "refund-inbox".to_owned(),
            directory: make_directory(),
            programs: None,
            durability: Durability::Durable,
        };
        let server = Server::start(&settings).unwrap();
        let outside = PgConnection::connect(&server.url()).await.unwrap();
        let mut postgres = Self { server, outside, made: 0 };
        postgres.run(&format!("create database {TEMPLATE}")).await;
        let store = Store::new(&ConnectSettings {
            url: postgres.url_of(TEMPLATE),
            max_connections: 4,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(60),
        });
        let store = store.unwrap();
        store.migrate(Clock::System.now().date()).await.unwrap();
        store.close(Duration::from_secs(10)).await;
        postgres
    }

    /// Where its processes may write.
    pub(crate) fn data_directory(&self) -> &Path {
        self.server.data_directory()
    }

    /// Its version, and its settings on which durability depends.
    pub(crate) async fn description(&mut self) -> String {
        let settings: String = sqlx::query_scalar(
            "select string_agg(name || '=' || setting, ', ' order by name) from pg_settings
             where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method')",
        )
        .fetch_one(&mut self.outside)
        .await
        .unwrap();
        format!("PostgreSQL {}: {settings}", self.server.version())
    }

    /// The time that all of its processes have spent on a core.
    pub(crate) fn time(&self) -> Duration {
        time_of_family(self.server.process_id())
    }

    /// A new database, migrated and empty.
    pub(crate) async fn fresh(&mut self) -> Database {
        self.made += 1;
        let name = format!("load{}", self.made);
        self.run(&format!("create database {name} template {TEMPLATE}")).await;
        let url = self.url_of(&name);
        let connection = PgConnection::connect(&url).await.unwrap();
        Database { name, url, connection }
    }

    /// Removes a database that is of no use any more.
    pub(crate) async fn remove(&mut self, database: Database) {
        let Database { name, connection, .. } = database;
        connection.close().await.unwrap();
        self.run(&format!("drop database {name}")).await;
    }

    /// Stops the server and removes what it kept.
    pub(crate) async fn stop(self) {
        let kept = self.server.data_directory().to_owned();
        self.outside.close().await.unwrap();
        self.server.stop().unwrap();
        let _ = fs::remove_dir_all(kept);
        let _ = fs::remove_dir_all(directory());
    }

    fn url_of(&self, database: &str) -> String {
        self.server.url().replacen("/refund_inbox?", &format!("/{database}?"), 1)
    }

    async fn run(&mut self, statement: &str) {
        run(&mut self.outside, statement).await;
    }
}

/// What a run left in the database, compared with what was acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// Acknowledged notifications, or deliveries, of which the database knows nothing.
    pub(crate) lost: i64,
    /// Refunds that are there twice, or of which one thing is kept twice.
    pub(crate) twice: i64,
}

impl Database {
    /// Runs statements that return nothing.
    pub(crate) async fn run(&mut self, statements: &str) {
        run(&mut self.connection, statements).await;
    }

    /// Runs statements one by one, which some insist on. Each ends with the line that `;` ends.
    pub(crate) async fn run_each(&mut self, statements: &str) {
        for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            self.run(statement).await;
        }
    }

    /// Begins each measurement in the same state: nothing waits to be written.
    pub(crate) async fn settle(&mut self) {
        self.run("checkpoint").await;
    }

    /// Looks everything up that was acknowledged since `began`: these notifications, in so many
    /// answers.
    pub(crate) async fn kept(
        &mut self,
        acknowledged: &[&Notification],
        answers: i64,
        began: OffsetDateTime,
    ) -> Kept {
        let accounts: Vec<&str> = acknowledged.iter().map(|one| one.account).collect();
        let refunds: Vec<&str> =
            acknowledged.iter().map(|one| one.merchant_refund_id.as_str()).collect();
        let milliseconds = u128::try_from(began.unix_timestamp_nanos()).unwrap() / 1_000_000;
        let (lost, twice, deliveries): (i64, i64, i64) = sqlx::query_as(include_str!("kept.sql"))
            .bind(accounts)
            .bind(refunds)
            // Numbers of deliveries begin with their time.
            .bind(Uuid::from_u128(milliseconds << 80))
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        Kept { lost: lost + (answers - deliveries).max(0), twice }
    }
}

async fn run(connection: &mut PgConnection, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(connection).await.unwrap();
}

/// A directory for this process, under the build's own.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("load").join(std::process::id().to_string())
}

/// Makes the directory, and removes those of processes that are gone.
fn make_directory() -> PathBuf {
    let mine = directory();
    fs::create_dir_all(&mine).unwrap();
    for entry in fs::read_dir(mine.parent().unwrap()).unwrap().flatten() {
        if !Path::new("/proc").join(entry.file_name()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    mine
}
