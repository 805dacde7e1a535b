//! Bare inserts: the rows of a run, written again by prepared statements with one row each.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, Postgres, SqlSafeStr};

use crate::rows::{FEED_LOCK, Rows, TABLES, TextRow};

/// Prepared statements and the rows for them.
pub(crate) struct Bare {
    inserts: [String; 3],
    /// The rows of each table, as texts.
    pub(crate) rows: [Vec<TextRow>; 3],
}

impl Bare {
    /// Takes at most this many rows of each table.
    pub(crate) async fn prepare(rows: &Rows, connection: &mut PgConnection, most: usize) -> Self {
        let inserts = [0, 1, 2].map(|table| {
            let columns = rows.columns[table].iter().enumerate();
            let values: Vec<String> =
                columns.map(|(place, (_, kind))| format!("${}::text::{kind}", place + 1)).collect();
            let (name, names) = (TABLES[table], rows.names(table));
            format!("insert into refund_inbox.{name} ({names}) values ({})", values.join(", "))
        });
        let mut texts = [const { Vec::new() }; 3];
        for (table, texts) in texts.iter_mut().enumerate() {
            *texts = rows.texts(connection, table, most).await;
        }
        Self { inserts, rows: texts }
    }

    /// Inserts the rows of one delivery into all tables, in one transaction.
    pub(crate) async fn insert_all(&self, connection: &mut PgConnection, place: usize) {
        let mut transaction = connection.begin().await.unwrap();
        for (table, name) in TABLES.iter().enumerate() {
            if *name == "refund_events" {
                transaction.execute(FEED_LOCK).await.unwrap();
            }
            self.insert(table, place).execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }

    /// Returns the statement that inserts one row.
    pub(crate) fn insert(&self, table: usize, place: usize) -> Query<'_, Postgres, PgArguments> {
        let insert = AssertSqlSafe(self.inserts[table].clone()).into_sql_str();
        let query = sqlx::query(insert);
        self.rows[table][place].iter().fold(query, |query, value| query.bind(value.as_deref()))
    }
}
