//! Takes out the rows that a run has recorded, so that they can be written again without the
//! service.

use std::fs;
use std::ops::Range;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::database::{Database, Postgres};

/// The tables, in the order in which they are written.
pub(crate) const TABLES: [&str; 3] = ["deliveries", "refunds", "refund_events"];

/// The lock under which the feed's numbers are assigned, one transaction at a time.
pub(crate) const FEED_LOCK: &str = "select pg_advisory_xact_lock(7301946318027152)";

/// Names and types of a table's columns.
pub(crate) type Columns = Vec<(String, String)>;

/// A row as the texts of its columns.
pub(crate) type TextRow = Vec<Option<String>>;

/// The recorded rows: one row of each table for each delivery.
pub(crate) struct Rows {
    /// Without the feed's number, which is assigned anew.
    pub(crate) columns: [Columns; 3],
    /// How many rows each table had.
    pub(crate) count: usize,
}

impl Rows {
    /// Takes out the rows that a run without repeats has left in `database`, and empties its
    /// tables.
    pub(crate) async fn take(database: &mut Database) -> Self {
        database.run_each(include_str!("rows.sql")).await;
        let columns = columns(&mut database.connection).await;
        let mut counts = Vec::new();
        for table in TABLES {
            let count = format!("select count(distinct place) from load.{table}");
            counts.push(usize::try_from(number(&mut database.connection, &count).await).unwrap());
        }
        let count = counts[0];
        assert!(counts.iter().all(|other| *other == count), "rows that do not match: {counts:?}");
        Self { columns, count }
    }

    /// Returns the names of a table's columns, as a statement lists them.
    pub(crate) fn names(&self, table: usize) -> String {
        let names: Vec<&str> = self.columns[table].iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    /// Returns the rows of a table in the binary form of `copy`, in groups of this size.
    pub(crate) async fn binary_groups(
        &self,
        postgres: &Postgres,
        database: &mut Database,
        table: usize,
        group_size: usize,
    ) -> Vec<Vec<u8>> {
        // The server writes this file, in a directory that we can read.
        let file = postgres.data_directory().join("load-rows");
        let (names, name) = (self.names(table), TABLES[table]);
        let copy = format!(
            "copy (select {names} from load.{name} order by place) to '{}' (format binary)",
            file.display()
        );
        database.run(&copy).await;
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let tuples = tuples(&bytes);
        let end = (-1_i16).to_be_bytes();
        tuples
            .chunks(group_size)
            .map(|group| {
                let rows = group[0].start..group[group.len() - 1].end;
                [&bytes[..HEAD], &bytes[rows], &end].concat()
            })
            .collect()
    }

    /// Returns the first rows of a table as texts.
    pub(crate) async fn texts(
        &self,
        connection: &mut PgConnection,
        table: usize,
        count: usize,
    ) -> Vec<TextRow> {
        let texts: Vec<String> =
            self.columns[table].iter().map(|(name, _)| format!("{name}::text")).collect();
        let select = format!(
            "select {} from load.{} where place <= {count} order by place",
            texts.join(", "),
            TABLES[table]
        );
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(connection).await.unwrap();
        let width = texts.len();
        rows.iter().map(|row| (0..width).map(|place| row.get(place)).collect()).collect()
    }
}

/// Returns the columns of each table with their types, without the feed's number.
pub(crate) async fn columns(connection: &mut PgConnection) -> [Columns; 3] {
    let mut all = [const { Vec::new() }; 3];
    for (table, columns) in TABLES.iter().zip(&mut all) {
        *columns = sqlx::query_as(
            "select quote_ident(attname), format_type(atttypid, atttypmod)
             from pg_attribute
             where attrelid = format('refund_inbox.%I', $1)::regclass and attnum > 0
                 and not attisdropped and attgenerated = '' and attname <> 'seq'
             order by attnum",
        )
        .bind(table)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    }
    all
}

/// Returns the one number that a statement selects.
pub(crate) async fn number(connection: &mut PgConnection, select: &str) -> i64 {
    let select = AssertSqlSafe(select.to_owned());
    sqlx::query_scalar(select).fetch_one(connection).await.unwrap()
}

/// The signature, the flags, and the length of an absent extension.
const HEAD: usize = 19;

/// Returns the range of each row: a count of fields, then each field's length and bytes.
fn tuples(copied: &[u8]) -> Vec<Range<usize>> {
    let mut tuples = Vec::new();
    let mut place = HEAD;
    loop {
        let start = place;
        let fields = i16::from_be_bytes(copied[place..place + 2].try_into().unwrap());
        if fields < 0 {
            return tuples;
        }
        place += 2;
        for _ in 0..fields {
            let length = i32::from_be_bytes(copied[place..place + 4].try_into().unwrap());
            place += 4 + usize::try_from(length).unwrap_or_default();
        }
        tuples.push(start..place);
    }
}
