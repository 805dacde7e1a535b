//! The keys of `docs/scaling.md`: what the tables need so that all of a refund lives on one shard.
//!
//! Postgres demands of a table that is partitioned by the hash of the account what Citus demands of a
//! table that is distributed by it: the account in every key.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Executor};
use testing::database::Database;
use testing::{many, postgres};

const PAGE: &str = include_str!("../../docs/scaling.md");

/// How many shards there are.
const SHARDS: u32 = 16;

/// The tables that have no column for the account, and how a row finds it.
const ACCOUNT_OF: [(&str, &str); 6] = [
    ("resolutions", OF_REFUND),
    ("history_to_complete", OF_REFUND),
    ("erasures", OF_REFUND),
    ("replays", "select account from kept as it where it.delivery_id = row.replayed_from"),
    ("dismissals", OF_DELIVERY),
    ("kept_whole", OF_DELIVERY),
];
const OF_REFUND: &str =
    "select account from refund_inbox.refunds as it where it.refund_id = row.refund_id";
const OF_DELIVERY: &str = "select account from kept as it where it.delivery_id = row.delivery_id";

/// The keys of a table, each with its columns in their order.
type Keys = BTreeSet<String>;

/// Returns the rows of the table of the page that has this head, each with its three cells.
fn rows_below(head: &str) -> Vec<[String; 3]> {
    let (_, below) = PAGE.split_once(head).unwrap_or_else(|| panic!("docs/scaling.md: {head}"));
    let rows = below.lines().skip(2).map_while(|line| line.strip_prefix("| "));
    let cells = |row: &str| -> Vec<String> {
        row.trim_end_matches(" |").split(" | ").map(|cell| cell.replace('`', "")).collect()
    };
    rows.map(|row| cells(row).try_into().unwrap()).collect()
}

/// Returns the documented keys of each distributed table: today's, and those with the account.
fn documented() -> BTreeMap<String, [Keys; 2]> {
    let keys = |cell: &str| cell.split(';').map(|key| key.trim().to_owned()).collect();
    rows_below("\n| table | keys today | keys with the account |")
        .into_iter()
        .map(|[table, today, with_account]| (table, [keys(&today), keys(&with_account)]))
        .collect()
}

/// Returns the tables that belong to no account, each with where it lies.
fn of_no_account() -> BTreeMap<String, String> {
    rows_below("\n| table | where it lies | why |")
        .into_iter()
        .map(|[table, place, _]| (table, place))
        .collect()
}

/// Returns the texts in the column `name` of a query.
async fn names(database: &Database, query: &str) -> BTreeSet<String> {
    let rows = database.rows(query).await;
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Returns the keys that the tables of the schema have. Partitions have those of their table.
async fn in_the_schema(database: &Database) -> BTreeMap<String, Keys> {
    let rows = database.rows(
        "select class.relname as name, (
             select string_agg(attname, ', ' order by place)
             from unnest(indkey::smallint[]) with ordinality as indexed (number, place)
             join pg_attribute on attrelid = class.oid and attnum = number
         ) as key
         from pg_index join pg_class as class on class.oid = indrelid
         where indisunique and relnamespace = 'refund_inbox'::regnamespace and not relispartition",
    );
    let mut keys: BTreeMap<String, Keys> = BTreeMap::new();
    for row in rows.await {
        let text = |column: &str| row[column].as_str().unwrap().to_owned();
        keys.entry(text("name")).or_default().insert(text("key"));
    }
    keys
}

#[tokio::test]
async fn the_documented_keys_are_those_of_the_schema() {
    let database = Database::new(&postgres::shared().database().await);
    let (documented, there) = (documented(), in_the_schema(&database).await);
    assert!(documented.len() >= 10, "{documented:?}");
    for (table, [today, with_account]) in &documented {
        assert_eq!(Some(today), there.get(table), "{table}");
        assert_eq!(today.len(), with_account.len(), "{table}");
        let has_account = |key: &String| key.split(", ").any(|column| column == "account");
        assert!(with_account.iter().all(has_account), "{table}: {with_account:?}");
    }
}

#[tokio::test]
async fn every_table_of_the_schema_has_its_place() {
    let database = Database::new(&postgres::shared().database().await);
    let (distributed, others) = (documented(), of_no_account());
    let tables = "pg_class where relnamespace = 'refund_inbox'::regnamespace
         and relkind in ('r', 'p') and not relispartition";
    let there = names(&database, &format!("select relname as name from {tables}")).await;
    let with_account = format!(
        "select relname as name from {tables} and exists (
             select from pg_attribute where attrelid = pg_class.oid and attname = 'account'
         )"
    );
    for table in &there {
        let places = [distributed.contains_key(table), others.contains_key(table)];
        assert_eq!(
            places.into_iter().filter(|has| *has).count(),
            1,
            "docs/scaling.md, Citus: {table} needs one row, with its keys or with where it lies"
        );
    }
    for table in names(&database, &with_account).await {
        assert!(distributed.contains_key(&table), "{table} has an account: distribute it");
    }
    for (table, place) in &others {
        assert!(there.contains(table), "docs/scaling.md has {table}, which does not exist");
        let is_known = place == "coordinator" || place.starts_with("reference table");
        assert!(is_known, "{table}: {place}");
    }
    // A reference from or to a table of the coordinator cannot be checked on a shard.
    let referring = "select conrelid::regclass::text || ' ' || confrelid::regclass::text as name
         from pg_constraint where contype = 'f' and connamespace = 'refund_inbox'::regnamespace";
    for pair in names(&database, referring).await {
        for table in pair.split(' ') {
            let table = table.trim_start_matches("refund_inbox.");
            assert!(distributed.contains_key(table), "{pair}: {table} is not distributed");
        }
    }
}

#[tokio::test]
async fn with_the_account_in_every_key_all_of_a_refund_is_on_one_shard() {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, 600).await;
    database
        .execute(
            "insert into refund_inbox.resolutions
             select gen_random_uuid(), refund_id, last_seq, now(), 'somebody', 'test', 'seen'
             from refund_inbox.refunds where needs_attention;
             insert into refund_inbox.history_to_complete
             select refund_id, last_seq from refund_inbox.refunds limit 20;
             insert into refund_inbox.erasures
             select refund_id, now(), delivery_count, event_count
             from refund_inbox.refunds limit 20;
             insert into refund_inbox.kept_whole
             select delivery_id, received_at from refund_inbox.deliveries limit 20;
             insert into refund_inbox.dismissals
             select delivery_id, now(), 'somebody', 'test', 'seen'
             from refund_inbox.refused_deliveries limit 10;
             insert into refund_inbox.used_tokens
             select account, body_sha256, body_sha256, received_at
             from refund_inbox.deliveries on conflict do nothing;
             insert into refund_inbox.quarantine_usage (account, deliveries, bytes)
             select account, count(*), sum(kept_bytes)
             from refund_inbox.refused_deliveries group by account;
             create schema sharded",
        )
        .await;
    for (table, [today, with_account]) in documented() {
        shard(&database, &table, &today, &with_account).await;
    }
    database
        .execute(
            "alter table sharded.resolutions
             add foreign key (account, refund_id) references sharded.refunds (account, refund_id);
             alter table sharded.erasures
             add foreign key (account, refund_id) references sharded.refunds (account, refund_id)",
        )
        .await;

    // Each row says of which refund it is, and in which part it lies.
    let of_refunds = ["refunds", "refund_events", "resolutions", "history_to_complete", "erasures"];
    let mut placed = "select event.refund_id,
            substring(delivery.tableoid::regclass::text from '[0-9]+$') as part
        from sharded.deliveries as delivery
        join sharded.refund_events as event on event.event_id = any (delivery.event_ids)"
        .to_owned();
    for table in of_refunds {
        placed += &format!(
            " union all select refund_id, substring(tableoid::regclass::text from '[0-9]+$')
             from sharded.{table}"
        );
    }
    let apart = format!(
        "(select refund_id from ({placed}) as placed group by refund_id
          having count(distinct part) > 1) as apart"
    );
    assert_eq!(database.count(&apart).await, 0);
    let parts = format!("(select distinct part from ({placed}) as placed) as parts");
    assert!(database.count(&parts).await > 1, "everything is in one part: nothing was shown");
    let deliveries = "sharded.deliveries where cardinality(event_ids) > 0";
    assert!(database.count(deliveries).await > 600);
}

/// Creates a table in parts with the account in every key, and copies its rows.
async fn shard(database: &Database, table: &str, today: &Keys, with_account: &Keys) {
    let account = ACCOUNT_OF.iter().find(|(name, _)| *name == table);
    let column = if account.is_some() { ", account text not null" } else { "" };
    let mut create = format!(
        "create table sharded.{table} (like refund_inbox.{table} including defaults{column})
         partition by hash (account);"
    );
    for part in 0..SHARDS {
        create += &format!(
            "create table sharded.{table}_{part} partition of sharded.{table}
             for values with (modulus {SHARDS}, remainder {part});"
        );
    }
    database.execute(&create).await;
    let mut connection = database.connect().await;
    for key in today.difference(with_account) {
        let add = format!("alter table sharded.{table} add unique ({key})");
        let refused = connection.execute(AssertSqlSafe(add)).await.unwrap_err();
        // unique constraint on partitioned table must include all partitioning columns
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "0A000", "{table} ({key}): {refused}");
    }
    for key in with_account {
        database.execute(&format!("alter table sharded.{table} add unique ({key})")).await;
    }
    let of_row = account.map_or_else(String::new, |(_, account)| format!(", ({account})"));
    let copy = format!(
        "with kept as (
             select delivery_id, account from refund_inbox.deliveries
             union all select delivery_id, account from refund_inbox.refused_deliveries
         )
         insert into sharded.{table} select row.*{of_row} from refund_inbox.{table} as row"
    );
    database.execute(&copy).await;
    let rows = database.count(&format!("refund_inbox.{table}")).await;
    assert!(rows > 0, "{table} has no rows to show anything with");
    assert_eq!(database.count(&format!("sharded.{table}")).await, rows, "{table}");
}
