//! Indexes on tables that may be large. They are built without locking the table, which a migration
//! cannot do: it holds a lock for which other instances wait, and such a build waits for them.
//!
//! Every delivery pays for each index that it has an entry in: about a microsecond of the server and
//! 65 to 100 bytes of WAL. So:
//!
//! - an index has no column that only breaks ties: the few rows of one moment are sorted;
//! - what nearly all rows share (the provider, the currency, the key, the client) has an index of ranges of blocks,
//!   which costs an insert nothing. If few rows have a value, the server reads only their blocks; if
//!   many have it, it finds them in the order of the list;
//! - the usual value is left out: succeeded refunds, refunds without flags, recorded deliveries.

use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::store::StoreError;

/// An index: its name, its table, and what it is on.
struct Index(&'static str, &'static str, &'static str);

const INDEXES: &[Index] = &[
    // Finds the newest event up to a time, for refunds_as_of.
    Index("refund_events_by_recorded_at", "refund_events", "(recorded_at, seq)"),
    // Finds the later events of refunds, for refunds_as_of. Most refunds have one event.
    Index(
        "refund_events_by_previous_seq",
        "refund_events",
        "(previous_seq, seq) where previous_seq is not null",
    ),
    // Finds the deliveries that a replay may read better: some fields are unread, or the status word
    // is unknown. `read_kept.sql` has the same condition.
    Index(
        "refund_events_partly_read",
        "refund_events",
        "(delivery_id, seq) where source = 'notification' and superseded_by is null \
         and (status = 'unknown' or unread_fields <> '{}')",
    ),
    // Finds the refunds that need attention. `status` and the gauges read nothing else of them.
    Index(
        "refunds_with_attention",
        "refunds",
        "(account, refund_id) include (conflicting, status, currency, currency_exponent, \
         amount_minor, first_received_at, resolved_seq, last_seq) where needs_attention",
    ),
    // Finds the notes about a refund or a delivery.
    Index("audit_notes", "audit", "(subject, at) where action = 'note'"),
    // For lists of refunds. Most refunds have succeeded and have no flags, so the indexes of the
    // others are small.
    Index("refunds_by_first_receipt", "refunds", "(first_received_at)"),
    Index(
        "refunds_value_ranges",
        "refunds",
        "using brin (provider text_bloom_ops, currency text_bloom_ops) with (autosummarize = on)",
    ),
    Index("refunds_by_update", "refunds", "(updated_at)"),
    Index("refunds_by_completion", "refunds", "(completed_at) where completed_at is not null"),
    // `status` and the gauges read nothing else of open refunds.
    Index(
        "refunds_in_status",
        "refunds",
        "(status, first_received_at, refund_id) include (account, currency, currency_exponent, \
         amount_minor, resolved_seq, last_seq) where status <> 'succeeded'",
    ),
    Index("refunds_by_order", "refunds", "(merchant_order_id) where merchant_order_id is not null"),
    Index(
        "refunds_by_payment",
        "refunds",
        "(provider_payment_id) where provider_payment_id is not null",
    ),
    Index(
        "refunds_by_merchant_reference",
        "refunds",
        "(merchant_reference) where merchant_reference is not null",
    ),
    Index("refunds_by_amount", "refunds", "(amount_minor) where amount_minor is not null"),
    // The planner takes such a condition to hold for a third of all rows. It would multiply the share
    // of `flags <> '{}'` with that of a flag, and read all refunds with a frequent flag.
    Index("refunds_with_flag", "refunds", "using gin (flags) where cardinality(flags) > 0"),
    // For lists of deliveries.
    Index("refused_by_received_at", "refused_deliveries", "(received_at, delivery_id)"),
    Index("refused_by_client", "refused_deliveries", "(peer, received_at, delivery_id)"),
    Index(
        "refused_by_reason",
        "refused_deliveries",
        "(split_part(reason, ':', 1), received_at, delivery_id) where reason is not null",
    ),
    // `status` and the gauges read nothing else of unreadable deliveries.
    Index(
        "deliveries_unreadable",
        "deliveries",
        "(received_at, delivery_id) include (account, reason, emptied_at) \
         where verdict = 'unreadable'",
    ),
    // Finds replays, and by them what was replayed.
    Index(
        "deliveries_of_replays",
        "deliveries",
        "(received_at, delivery_id) where replayed_from is not null",
    ),
    Index("deliveries_by_receipt", "deliveries", "(received_at)"),
    Index("deliveries_of_account", "deliveries", "(account, received_at)"),
    Index(
        "deliveries_sender_ranges",
        "deliveries",
        "using brin (provider text_bloom_ops, key_id text_bloom_ops, peer text_bloom_ops) \
         with (autosummarize = on)",
    ),
    Index(
        "deliveries_by_reason",
        "deliveries",
        "(split_part(reason, ':', 1), received_at, delivery_id) where reason is not null",
    ),
    // A recorded delivery with one event is found by that event, which names it. The others are found
    // by their events: those that repeat an event, and those with several.
    Index(
        "deliveries_repeating_event",
        "deliveries",
        "((event_ids[1])) where event_ids <> '{}' and verdict <> 'recorded'",
    ),
    Index(
        "deliveries_by_events",
        "deliveries",
        "using gin (event_ids) where cardinality(event_ids) > 1",
    ),
];

/// The session lock of the instance that builds indexes.
const LOCK: &str = "7301946318027154";

/// Returns the names of the indexes that are missing or not valid.
pub(super) async fn missing_indexes(
    connection: &mut PgConnection,
) -> Result<Vec<String>, StoreError> {
    let names: Vec<&str> = INDEXES.iter().map(|Index(name, ..)| *name).collect();
    let missing = sqlx::query_scalar(
        "select name from unnest($1::text[]) with ordinality as wanted (name, place)
         where not exists (
             select from pg_index
             where indexrelid = to_regclass('refund_inbox.' || name) and indisvalid
         )
         order by place",
    )
    .bind(names)
    .fetch_all(connection)
    .await?;
    Ok(missing)
}

/// Builds the indexes that are missing, and again those whose build did not finish. If another
/// instance is building them, returns at once.
pub(super) async fn create_indexes(connection: &mut PgConnection) -> Result<(), StoreError> {
    let lock = format!("select pg_try_advisory_lock({LOCK})");
    let is_ours: bool = sqlx::query_scalar(AssertSqlSafe(lock)).fetch_one(&mut *connection).await?;
    if !is_ours {
        return Ok(());
    }
    for &Index(name, table, on) in INDEXES {
        let is_partitioned: bool = sqlx::query_scalar(
            "select relkind = 'p' from pg_class where oid = to_regclass('refund_inbox.' || $1)",
        )
        .bind(table)
        .fetch_one(&mut *connection)
        .await?;
        if is_partitioned {
            build_on_partitions(connection, name, table, on).await?;
        } else {
            build(connection, name, table, on).await?;
        }
    }
    let unlock = format!("select pg_advisory_unlock({LOCK})");
    connection.execute(AssertSqlSafe(unlock)).await?;
    Ok(())
}

/// Builds an index on a plain table, unless it is there and valid.
async fn build(
    connection: &mut PgConnection,
    name: &str,
    table: &str,
    on: &str,
) -> Result<(), StoreError> {
    let is_valid: Option<bool> = sqlx::query_scalar(
        "select indisvalid from pg_index where indexrelid = to_regclass('refund_inbox.' || $1)",
    )
    .bind(name)
    .fetch_optional(&mut *connection)
    .await?;
    if is_valid == Some(false) {
        let statement = format!("drop index concurrently refund_inbox.{name}");
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    if is_valid != Some(true) {
        let statement = format!("create index concurrently {name} on refund_inbox.{table} {on}");
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(())
}

/// Builds an index on each partition that lacks it. Partitions that are created later get it by
/// themselves.
async fn build_on_partitions(
    connection: &mut PgConnection,
    name: &str,
    table: &str,
    on: &str,
) -> Result<(), StoreError> {
    // Without rows of its own, the parent's index takes no time. It is valid once each partition
    // has its part.
    let statement = format!("create index if not exists {name} on only refund_inbox.{table} {on}");
    connection.execute(AssertSqlSafe(statement)).await?;
    let partitions: Vec<String> = sqlx::query_scalar(
        "select partition.relname::text
         from pg_inherits as child
         join pg_class as partition on partition.oid = child.inhrelid
         where child.inhparent = to_regclass('refund_inbox.' || $1)
             and not exists (
                 select
                 from pg_index as part
                 join pg_inherits as attached on attached.inhrelid = part.indexrelid
                 where part.indrelid = partition.oid
                     and attached.inhparent = to_regclass('refund_inbox.' || $2)
             )
         order by 1",
    )
    .bind(table)
    .bind(name)
    .fetch_all(&mut *connection)
    .await?;
    for partition in partitions {
        let purpose = name.strip_prefix(table).unwrap_or(name);
        let part = format!("{partition}{purpose}");
        build(connection, &part, &partition, on).await?;
        let statement =
            format!("alter index refund_inbox.{name} attach partition refund_inbox.{part}");
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(())
}
