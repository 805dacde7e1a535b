//! The past: what was known when. Every event says when it was recorded and what its refund was right
//! after it, and rows that were written never change.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use refund_inbox::store::{Condition, DeliveryRecord, ListQuery, Listed, Resolution, Store};
use refund_providers::contract::Meaning;
use refund_providers::refund::RefundStatus;
use serde_json::{Map, Value, json};
use testing::database::Database;
use testing::model::{account, notification, record};
use testing::notifications::eftpay;
use testing::postgres;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// What repeats and resolutions may change without an event.
pub(crate) const NOT_IN_EVENTS: [&str; 3] =
    ["delivery_count", "last_received_at", "needs_attention"];

/// The columns that `refund_history` has besides those of `refunds`.
const ONLY_IN_HISTORY: [&str; 4] = ["seq", "recorded_at", "resolved_at", "previous_seq"];

type Rows = Vec<Map<String, Value>>;

/// Makes the record of a notification of a refund. An even `choice` makes it one of an order with
/// running totals.
pub(crate) fn made(refund: u8, choice: u32) -> DeliveryRecord {
    let mut record = record(&account(), &notification(&format!("R{refund}"), choice));
    let Meaning::Refunds(events) = &mut record.meaning else { panic!("not a refund") };
    if refund.is_multiple_of(2) {
        events[0].cumulative_within = Some(format!("T{}", refund % 4));
        events[0].facts.order_refunded_minor = Some(i64::from(choice % 7) * 100 + 100);
        events[0].facts.amount_minor = None;
        events[0].facts.amount_literal = None;
    }
    record
}

/// Several groups of notifications, one after the other.
pub(crate) fn histories() -> impl Strategy<Value = Vec<Vec<(u8, u32)>>> {
    let group = prop::collection::vec((0..8_u8, 0..480_u32), 1..6);
    prop::collection::vec(group, 1..12)
}

/// Returns rows without the columns that may change without an event.
async fn rows(database: &Database, query: &str) -> Rows {
    let mut rows = database.rows(query).await;
    for row in &mut rows {
        for column in NOT_IN_EVENTS.iter().chain(&ONLY_IN_HISTORY) {
            row.remove(*column);
        }
    }
    rows
}

async fn fresh() -> (Store, Database) {
    let url = postgres::shared().database().await;
    (postgres::store(&url), Database::new(&url))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_of_gives_what_was_known_then_for_ever_and_the_feed_alone_rebuilds_the_refunds() {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
        runner
            .run(&histories(), |history| {
                handle.block_on(check(history));
                Ok(())
            })
            .unwrap();
    })
    .await
    .unwrap();
}

async fn check(history: Vec<Vec<(u8, u32)>>) {
    let (store, database) = fresh().await;
    let current = "select * from refunds_v1.refunds order by refund_id";
    let newest = "select max(recorded_at) as at from refunds_v1.refund_events";
    let mut known: Vec<(String, Rows)> = Vec::new();
    for group in history {
        let group: Vec<_> = group.iter().map(|(refund, choice)| made(*refund, *choice)).collect();
        store.record(&group.iter().collect::<Vec<_>>()).await.unwrap();
        let at = database.row(newest).await["at"].as_str().unwrap().to_owned();
        let now = rows(&database, current).await;
        // A group of repeats has no event: the newest state of this time is the last.
        known.retain(|(earlier, _)| *earlier != at);
        known.push((at, now));
    }
    // Of every earlier moment, and after everything that came since.
    for (at, expected) in &known {
        let as_of = format!("select * from refunds_v1.refunds_as_of('{at}') order by refund_id");
        assert_eq!(&rows(&database, &as_of).await, expected, "as of {at}");
        lists_equal(&store, at, expected).await;
    }
    let nothing = "select * from refunds_v1.refunds_as_of('2000-01-01')";
    assert!(database.rows(nothing).await.is_empty());
    let rebuilt = "select distinct on (refund_id) * from refunds_v1.refund_history
         order by refund_id, seq desc";
    assert_eq!(rows(&database, rebuilt).await, rows(&database, current).await);
}

/// Requires that lists as of a time have the refunds that fulfil their condition, newest first.
async fn lists_equal(store: &Store, at: &str, expected: &Rows) {
    type IsListed = fn(&Map<String, Value>) -> bool;
    let lists: [(Condition, IsListed); 5] = [
        (Condition::Status(vec![RefundStatus::Succeeded]), |row| row["status"] == "succeeded"),
        (Condition::Status(vec![RefundStatus::Pending]), |row| row["status"] == "pending"),
        (Condition::Conflicting, |row| row["conflicting"] == true),
        (Condition::Amount("0..".parse().unwrap()), |row| {
            row["amount_minor"].as_i64() >= Some(0) && row["currency_exponent"] != Value::Null
        }),
        (Condition::Account("hk".to_owned()), |row| row["account"] == "hk"),
    ];
    let at = OffsetDateTime::parse(at, &Rfc3339).unwrap();
    for (condition, is_listed) in lists {
        let expected = expected.iter().filter(|row| is_listed(row));
        let mut expected: Vec<Value> = expected.map(|row| row["refund_id"].clone()).collect();
        let conditions = vec![condition];
        let query =
            ListQuery { conditions, as_of: Some(at), ..ListQuery::newest(Listed::Refunds, 500) };
        let page = store.list(&query).await.unwrap();
        let mut found: Vec<Value> =
            page.rows.iter().map(|row| row.0["refund_id"].clone()).collect();
        let key = |id: &Value| id.as_str().unwrap().to_owned();
        expected.sort_by_key(key);
        found.sort_by_key(key);
        assert_eq!(found, expected, "{query:?}");
    }
}

#[tokio::test]
async fn recorded_at_never_decreases_even_if_the_clock_goes_back() {
    let (store, database) = fresh().await;
    store.record(&[&made(1, 1)]).await.unwrap();
    // An hour ahead: as if the clock had been set back by an hour since.
    database
        .execute(
            "select setval(
                'refund_inbox.feed_clock',
                (extract(epoch from now() + interval '1 hour') * 1000000)::bigint
            )",
        )
        .await;
    store.record(&[&made(3, 1)]).await.unwrap();
    store.record(&[&made(5, 1)]).await.unwrap();
    let query = "select recorded_at, recorded_at >= lag(recorded_at, 1, recorded_at)
             over (order by seq) as is_in_order, recorded_at > now() as is_ahead
         from refunds_v1.refund_events order by seq";
    let events = database.rows(query).await;
    assert!(events.iter().all(|event| event["is_in_order"] == json!(true)), "{events:?}");
    let ahead: Vec<_> = events.iter().map(|event| &event["is_ahead"]).collect();
    assert_eq!(ahead, [false, true, true]);
}

#[tokio::test]
async fn a_refund_needs_attention_until_a_person_resolves_it_and_again_after_a_newer_event() {
    let (store, database) = fresh().await;
    let event = |status: &str, minute: u8| {
        let at = format!("2026-01-20 10:{minute:02}:00");
        let fields = [("trade_status", json!(status)), ("gmt_payment", json!(at))];
        record(&account(), &eftpay("R1", &fields))
    };
    let refund = async || database.row("select * from refunds_v1.refunds").await;
    let as_of = async |at: &str| {
        let query = format!("select needs_attention from refunds_v1.refunds_as_of('{at}')");
        database.row(&query).await["needs_attention"].clone()
    };
    let now = async || {
        database.row("select clock_timestamp()::text as at").await["at"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    store.record(&[&event("TRADE_REFUND", 1)]).await.unwrap();
    assert_eq!(refund().await["needs_attention"], false);
    store.record(&[&event("TRADE_FAIL", 2)]).await.unwrap();
    assert_eq!(refund().await["needs_attention"], true);
    assert_eq!(store.conflicting_refunds().await.unwrap(), 1);
    let before = now().await;

    let refund_id: Uuid = refund().await["refund_id"].as_str().unwrap().parse().unwrap();
    let at = OffsetDateTime::now_utc();
    let resolution =
        Resolution { refund_id, who: "ana", via: "test", note: "the bank explained", at };
    assert!(store.resolve_refund(&resolution).await.unwrap());
    assert!(
        !store.resolve_refund(&Resolution { refund_id: Uuid::nil(), ..resolution }).await.unwrap()
    );
    assert_eq!(refund().await["needs_attention"], false);
    assert_eq!(store.conflicting_refunds().await.unwrap(), 0);
    let resolved = now().await;

    // A repeat of a known event is not new.
    store.record(&[&event("TRADE_FAIL", 2)]).await.unwrap();
    assert_eq!(refund().await["needs_attention"], false);
    store.record(&[&event("TRADE_REFUND", 3)]).await.unwrap();
    assert_eq!(refund().await["needs_attention"], true);
    assert_eq!(store.conflicting_refunds().await.unwrap(), 1);
    assert_eq!((as_of(&before).await, as_of(&resolved).await), (json!(true), json!(false)));
    assert_eq!(as_of(&now().await).await, true);
}

/// The rows of events as the previous version writes them.
#[tokio::test]
async fn the_events_of_an_earlier_version_are_completed() {
    let (store, database) = fresh().await;
    for (refund, choice) in [(1, 1), (1, 0), (1, 2), (3, 5)] {
        store.record(&[&made(refund, choice)]).await.unwrap();
    }
    let history = "select * from refunds_v1.refund_history order by seq";
    let expected = database.rows(history).await;
    database
        .execute(
            "update refund_inbox.refund_events
             set refund_after = null, previous_seq = null, unread_fields = null, unread_facts = null;
             insert into refund_inbox.history_to_complete (refund_id, last_seq)
             select refund_id, last_seq from refund_inbox.refunds where event_count > 1",
        )
        .await;
    assert_ne!(database.rows(history).await, expected);
    assert_eq!(store.complete_history(10).await.unwrap(), 1);
    assert_eq!(store.complete_history(10).await.unwrap(), 0);
    assert_eq!(database.rows(history).await, expected);
}
