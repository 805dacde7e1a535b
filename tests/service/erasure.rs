//! `refunds erase`: the personal data of a refund goes everywhere, and everything else stays.

mod command;
mod dumps;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use refund_inbox::store::{DeliveryRecord, Erasure, ReportQuery, Store};
use refund_providers::contract::{Meaning, Outcome};
use serde_json::{Map, Value};
use testing::database::Database;
use testing::model::{account, notification, record};
use testing::postgres;
use testing::receiver::NOW;
use time::Duration;
use uuid::Uuid;

/// The columns that an erasure empties.
const ERASED: [&str; 4] = ["payload", "receiving_account", "reason", "failure_message"];

/// A text that nothing else contains.
const CANARY: &str = "Canary Person, account 6217 0000";

type Rows = Vec<Map<String, Value>>;

/// What the outside can see of a database, without the texts that an erasure empties.
#[derive(Debug, PartialEq)]
struct Seen {
    refunds: Rows,
    feed: Rows,
    history: Rows,
    as_of: Vec<Rows>,
    totals: String,
}

/// Makes the record of a notification of a refund with personal texts. An even refund is one of an
/// order with running totals.
fn made(refund: u8, choice: u32) -> DeliveryRecord {
    let mut record = record(&account(), &notification(&format!("R{refund}"), choice));
    let Meaning::Refunds(events) = &mut record.meaning else { panic!("not a refund") };
    let facts = &mut events[0].facts;
    let text = |kind: u32| (choice % 3 != kind).then(|| format!("{CANARY} {}", choice % 5));
    (facts.reason, facts.failure_message, facts.receiving_account) = (text(0), text(1), text(2));
    if refund.is_multiple_of(2) {
        facts.order_refunded_minor = Some(i64::from(choice % 7) * 100 + 100);
        facts.amount_minor = None;
        facts.amount_literal = None;
        events[0].cumulative_within = Some(format!("T{}", refund % 4));
    }
    record
}

async fn without_texts(database: &Database, query: &str) -> Rows {
    let mut rows = database.rows(query).await;
    for row in &mut rows {
        ERASED.iter().for_each(|column| drop(row.remove(*column)));
    }
    rows
}

async fn seen(store: &Store, database: &Database) -> Seen {
    let feed = "select * from refunds_v1.refund_events order by seq";
    let history = "select * from refunds_v1.refund_history order by seq";
    let refunds = "select * from refunds_v1.refunds order by refund_id";
    let times = "select distinct recorded_at from refunds_v1.refund_events order by 1";
    let mut as_of = Vec::new();
    for time in database.rows(times).await {
        let at = time["recorded_at"].as_str().unwrap();
        let then = format!("select * from refunds_v1.refunds_as_of('{at}') order by refund_id");
        as_of.push(without_texts(database, &then).await);
    }
    Seen {
        refunds: without_texts(database, refunds).await,
        feed: without_texts(database, feed).await,
        history: without_texts(database, history).await,
        as_of,
        totals: format!("{:?}", store.totals(&ReportQuery::default()).await.unwrap()),
    }
}

/// Returns the columns of the refunds that two databases with the same deliveries have alike.
async fn states(database: &Database) -> Rows {
    let mut rows =
        database.rows("select * from refunds_v1.refunds order by merchant_refund_id").await;
    for row in &mut rows {
        let of_one_database = ["refund_id", "last_seq"];
        ERASED.iter().chain(&of_one_database).for_each(|column| drop(row.remove(*column)));
    }
    rows
}

async fn refunds(database: &Database) -> Vec<Uuid> {
    let rows = database.rows("select refund_id from refunds_v1.refunds order by 1").await;
    rows.iter().map(|row| row["refund_id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn erase(store: &Store, refund_id: Uuid) {
    let erasure = Erasure { refund_id, who: "somebody", via: "test", reason: "asked for", at: NOW };
    assert!(store.erase_refund(&erasure).await.unwrap().is_some());
}

/// Returns whether a text is in one of the tables.
async fn is_anywhere(database: &Database, text: &str) -> bool {
    let (mut found, tables) = (0, ["refunds", "refund_events", "deliveries", "refused_deliveries"]);
    for table in tables {
        let bytes = if table.ends_with("deliveries") { "encode(body, 'escape')" } else { "''" };
        let from =
            format!("refund_inbox.{table} as one where strpos(one::text || {bytes}, '{text}') > 0");
        found += database.count(&from).await;
    }
    found > 0
}

type History = Vec<(u8, u32)>;

fn histories() -> impl Strategy<Value = (History, History, BTreeSet<usize>)> {
    let of = |most| prop::collection::vec((0..6_u8, 0..480_u32), 1..most);
    (of(30), of(12), prop::collection::btree_set(0..6_usize, 1..5))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_retention_and_erasure_the_fold_totals_feed_and_as_of_are_unchanged() {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(ProptestConfig::with_cases(10));
        runner
            .run(&histories(), |(history, later, erased)| {
                handle.block_on(check(history, later, erased));
                Ok(())
            })
            .unwrap();
    })
    .await
    .unwrap();
}

async fn check(history: History, later: History, erased: BTreeSet<usize>) {
    let (url, control) = (postgres::shared().database().await, postgres::shared().database().await);
    let (store, database) = (postgres::store(&url), Database::new(&url));
    let (control_store, control) = (postgres::store(&control), Database::new(&control));
    for (refund, choice) in &history {
        let record = made(*refund, *choice);
        store.record(&[&record]).await.unwrap();
        control_store.record(&[&record]).await.unwrap();
    }
    let before = seen(&store, &database).await;
    assert!(is_anywhere(&database, CANARY).await);

    let known = refunds(&database).await;
    let chosen: Vec<Uuid> = erased.iter().map(|place| known[place % known.len()]).collect();
    for refund_id in &chosen {
        erase(&store, *refund_id).await;
    }
    store.empty_deliveries(NOW + Duration::days(1), NOW, 5000).await.unwrap();
    assert_eq!(before, seen(&store, &database).await);

    // A provider repeats everything: nothing is new, and no text comes back with a repeat.
    for (refund, choice) in &history {
        let record = made(*refund, *choice);
        assert_eq!(store.record(&[&record]).await.unwrap(), [Outcome::Duplicate]);
        control_store.record(&[&record]).await.unwrap();
    }
    assert_eq!(before.feed, seen(&store, &database).await.feed);
    // What comes later has the same effect as where nothing was erased.
    for (refund, choice) in &later {
        let record = made(*refund, *choice);
        let outcome = store.record(&[&record]).await.unwrap();
        assert_eq!(outcome, control_store.record(&[&record]).await.unwrap());
    }
    assert_eq!(states(&database).await, states(&control).await);

    for refund_id in &known {
        erase(&store, *refund_id).await;
    }
    while store.erase_later_arrivals(NOW).await.unwrap() > 0 {}
    for refund_id in refunds(&database).await {
        erase(&store, refund_id).await;
    }
    assert!(!is_anywhere(&database, CANARY).await);
    assert_eq!(states(&database).await, states(&control).await);
}

#[tokio::test]
async fn an_erasure_empties_what_arrives_later_and_leaves_other_refunds_whole() {
    let url = postgres::shared().database().await;
    let (store, database) = (postgres::store(&url), Database::new(&url));
    for refund in [1, 3] {
        store.record(&[&made(refund, 1)]).await.unwrap();
    }
    let refunds = refunds(&database).await;
    erase(&store, refunds[0]).await;
    let whole = "refund_inbox.deliveries where emptied_at is null";
    assert_eq!(database.count(whole).await, 1, "the other refund keeps its body");
    assert_eq!(store.erase_later_arrivals(NOW).await.unwrap(), 0);
    // A repeat, and something new.
    store.record(&[&made(1, 1)]).await.unwrap();
    store.record(&[&made(1, 2)]).await.unwrap();
    assert_eq!(store.erase_later_arrivals(NOW).await.unwrap(), 1);
    assert_eq!(store.erase_later_arrivals(NOW).await.unwrap(), 0);
    assert_eq!(database.count(whole).await, 1);
    let texts = format!(
        "refund_inbox.refund_events where refund_id = '{}'
             and (payload <> '{{}}' or reason is not null or refund_after ? 'reason')",
        refunds[0]
    );
    assert_eq!(database.count(&texts).await, 0);
    let audit = store.audit(None, None, 9).await.unwrap();
    assert_eq!(audit.len(), 1, "maintenance is no person");
    assert_eq!((audit[0].action.as_str(), audit[0].detail.as_str()), ("erase", "asked for"));
}

#[tokio::test]
async fn a_group_that_was_planned_before_an_erasure_does_not_bring_a_text_back() {
    let url = postgres::shared().database().await;
    let (store, database) = (postgres::store(&url), Database::new(&url));
    store.record(&[&made(1, 1)]).await.unwrap();
    let refund_id = refunds(&database).await[0];
    let mut other = database.connect().await;
    // Holds the refund, so that the group has read it and waits for its lock.
    let hold = format!(
        "begin; select from refund_inbox.refunds where refund_id = '{refund_id}' for update"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold)).execute(&mut other).await.unwrap();
    let group = made(1, 2);
    let group = [&group];
    let recording = store.record(&group);
    let erasing = async {
        let waits =
            "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        testing::waiting::eventually("the group waits", async || database.count(waits).await > 0)
            .await;
        let erased = format!(
            "update refund_inbox.refunds set reason = null, failure_message = null,
                 receiving_account = null where refund_id = '{refund_id}';
             update refund_inbox.refund_events set reason = null, failure_message = null,
                 receiving_account = null, erased_at = now() where refund_id = '{refund_id}';
             commit"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(erased)).execute(&mut other).await.unwrap();
    };
    let (recorded, ()) = tokio::join!(recording, erasing);
    recorded.unwrap();
    let row = database.row("select * from refund_inbox.refunds").await;
    let new =
        database.row("select * from refund_inbox.refund_events where erased_at is null").await;
    for column in ["reason", "failure_message", "receiving_account"] {
        assert_eq!(row[column], new[column], "{column}: only what the new event says");
    }
}
