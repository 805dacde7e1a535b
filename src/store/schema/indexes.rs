//! Indexes on tables that may be large. They are built without locking the table, which a migration
//! cannot do: it holds a lock for which other instances wait, and such a build waits for them.

use sqlx::{Executor, PgConnection};

use crate::store::StoreError;

/// The name of each index, and the table and columns that it is on.
const INDEXES: [(&str, &str); 4] = [
    // Finds the newest event up to a time, for refunds_as_of.
    ("refund_events_by_recorded_at", "refund_inbox.refund_events (recorded_at, seq)"),
    // Finds the later events of refunds, for refunds_as_of. Most refunds have one event.
    (
        "refund_events_by_previous_seq",
        "refund_inbox.refund_events (previous_seq, seq) where previous_seq is not null",
    ),
    // Finds the deliveries that a replay may read better: some fields are unread, or the status word
    // is unknown. `read_kept.sql` has the same condition.
    (
        "refund_events_partly_read",
        "refund_inbox.refund_events (delivery_id, seq) where source = 'notification' \
         and superseded_by is null and (status = 'unknown' or unread_fields <> '{}')",
    ),
    // Finds the refunds that need attention.
    (
        "refunds_needing_attention",
        "refund_inbox.refunds (account, refund_id) where needs_attention",
    ),
];

/// The session lock of the instance that builds indexes.
const LOCK: &str = "7301946318027154";

/// Builds the indexes that are missing, and again those whose build did not finish. If another
/// instance is building them, returns at once.
pub(super) async fn create_indexes(connection: &mut PgConnection) -> Result<(), StoreError> {
    let lock = format!("select pg_try_advisory_lock({LOCK})");
    let is_ours: bool =
        sqlx::query_scalar(sqlx::AssertSqlSafe(lock)).fetch_one(&mut *connection).await?;
    if !is_ours {
        return Ok(());
    }
    for (name, on) in INDEXES {
        let is_valid: Option<bool> = sqlx::query_scalar(
            "select indisvalid from pg_index where indexrelid = to_regclass('refund_inbox.' || $1)",
        )
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
        if is_valid == Some(false) {
            let statement = format!("drop index concurrently refund_inbox.{name}");
            connection.execute(sqlx::AssertSqlSafe(statement)).await?;
        }
        if is_valid != Some(true) {
            let statement = format!("create index concurrently {name} on {on}");
            connection.execute(sqlx::AssertSqlSafe(statement)).await?;
        }
    }
    let unlock = format!("select pg_advisory_unlock({LOCK})");
    connection.execute(sqlx::AssertSqlSafe(unlock)).await?;
    Ok(())
}
