//! Many rows of every kind, written by the database itself, for lists and reports.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use crate::database::Database;

/// Writes this many refunds, with their events and deliveries, into an empty database. Two databases
/// with the same number have the same rows.
pub async fn write(database: &Database, refunds: u32) {
    write_until(database, refunds, datetime!(2026-11-22 00:00 UTC)).await;
}

/// Writes them like [`write()`], received in the about ninety days that end at this time.
pub async fn write_until(database: &Database, refunds: u32, end: OffsetDateTime) {
    let statements = include_str!("many/rows.sql")
        .replace("$refunds", &refunds.to_string())
        .replace("$end", &format!("timestamptz '{}'", end.format(&Rfc3339).unwrap()));
    database.execute(&statements).await;
}
