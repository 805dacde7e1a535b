//! Many rows of every kind, written by the database itself, for lists and reports.

use crate::database::Database;

/// Writes this many refunds, with their events and deliveries, into an empty database. Two databases
/// with the same number have the same rows.
pub async fn write(database: &Database, refunds: u32) {
    let statements = include_str!("many/rows.sql").replace("$refunds", &refunds.to_string());
    database.execute(&statements).await;
}
