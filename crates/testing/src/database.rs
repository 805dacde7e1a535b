//! Reads a test's database, and holds up the commits in it.

use serde_json::{Map, Value};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row};

use crate::waiting::{PATIENCE, eventually};

/// A test's own connections to its database.
pub struct Database {
    url: String,
    pool: PgPool,
}

impl Database {
    /// Opens the database of this URL.
    pub fn new(url: &str) -> Self {
        let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
        Self { url: url.to_owned(), pool: pool.connect_lazy(url).unwrap() }
    }

    /// Returns its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens another connection.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// Returns the rows of a query, each as a JSON object.
    pub async fn rows(&self, query: &str) -> Vec<Map<String, Value>> {
        let query = format!("select to_jsonb(found) from ({query}) as found");
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&self.pool).await.unwrap();
        let object = |row: sqlx::postgres::PgRow| match row.get::<Value, _>(0) {
            Value::Object(object) => object,
            other => panic!("a row that is not an object: {other}"),
        };
        rows.into_iter().map(object).collect()
    }

    /// Returns the one row of a query.
    pub async fn row(&self, query: &str) -> Map<String, Value> {
        let mut rows = self.rows(query).await;
        assert_eq!(rows.len(), 1, "{query}: {rows:?}");
        rows.remove(0)
    }

    /// Counts rows. `from` is the text after the keyword `from`.
    pub async fn count(&self, from: &str) -> i64 {
        let row = self.row(&format!("select count(*) as n from {from}")).await;
        row["n"].as_i64().unwrap()
    }

    /// Runs statements that return nothing.
    pub async fn execute(&self, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement).execute(&self.pool).await.unwrap();
    }

    /// Waits until a count is reached, because the service stores refused deliveries after it
    /// answers them.
    pub async fn until_count(&self, from: &str, count: i64) {
        eventually(from, async || self.count(from).await == count).await;
    }

    /// Holds every recording transaction between its work and its commit, until it is released.
    pub async fn hold_commits(&self) -> HeldCommits {
        let mut connection = self.connect().await;
        let lock = "select pg_advisory_lock(7301946318027152)";
        sqlx::query(lock).execute(&mut connection).await.unwrap();
        HeldCommits { connection }
    }

    /// Waits until a recording transaction waits for [`Self::hold_commits`].
    pub async fn until_a_commit_is_held(&self) {
        let waiting = "pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())";
        eventually("a held commit", async || self.count(waiting).await > 0).await;
    }
}

/// Commits that wait until they are released.
pub struct HeldCommits {
    connection: PgConnection,
}

impl HeldCommits {
    /// Lets the commits continue.
    pub async fn release(self) {
        self.connection.close().await.unwrap();
    }
}
