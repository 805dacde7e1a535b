//! Groups of deliveries are recorded in one transaction: whole or not at all, with repeats, under
//! concurrency.

use refund_inbox::store::{DeliveryRecord, Store, StoreError, StoreErrorKind};
use refund_providers::contract::Outcome;
use serde_json::{Value, json};
use testing::client::post;
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres;
use testing::receiver::Setup;

pub(crate) fn status(word: &str, at: &str) -> [(&'static str, Value); 2] {
    [("trade_status", json!(word)), ("gmt_payment", json!(at))]
}

pub(crate) async fn fresh() -> (Store, Database) {
    let url = postgres::shared().database().await;
    (postgres::store(&url), Database::new(&url))
}

/// Records these deliveries in one group.
pub(crate) async fn record_all(
    store: &Store,
    group: &[DeliveryRecord],
) -> Result<Vec<Outcome>, StoreError> {
    store.record(&group.iter().collect::<Vec<_>>()).await
}

#[tokio::test]
async fn hazard_09_a_group_with_repeats_and_several_events_of_one_refund_commits() {
    let (store, database) = fresh().await;
    let account = account();
    let pending = eftpay("R1", &status("TRADE_PROCESSING", "2026-01-20 10:00:00"));
    let succeeded = eftpay("R1", &status("TRADE_REFUND", "2026-01-20 11:00:00"));
    let bodies = [&pending, &succeeded, &pending, &eftpay("R2", &[]), &succeeded];
    let group: Vec<_> = bodies.iter().map(|body| record(&account, body)).collect();
    let recorded = record_all(&store, &group).await.unwrap();
    let new: Vec<bool> = recorded.iter().map(|outcome| *outcome == Outcome::Recorded).collect();
    assert_eq!(new, [true, true, false, true, false]);
    let refund = "select * from refunds_v1.refunds where merchant_refund_id = 'R1'";
    let refund = database.row(refund).await;
    assert_eq!(refund["status"], "succeeded");
    assert_eq!((&refund["delivery_count"], &refund["event_count"]), (&json!(4), &json!(2)));
    assert_eq!(database.count("refunds_v1.deliveries").await, 5);
}

#[tokio::test]
async fn hazard_10_a_group_that_is_recorded_again_changes_nothing_but_the_count() {
    let (store, database) = fresh().await;
    let account = account();
    let bodies = [
        eftpay("R1", &[]),
        eftpay("R2", &[]),
        eftpay("R1", &status("TRADE_FAIL", "2026-02-01 00:00:00")),
    ];
    let group = || bodies.iter().map(|body| record(&account, body)).collect::<Vec<_>>();
    record_all(&store, &group()).await.unwrap();
    let state =
        "select refund_id, status, amount_minor, conflicting, event_count, updated_at, last_seq
         from refunds_v1.refunds order by merchant_refund_id";
    let before = database.rows(state).await;
    let recorded = record_all(&store, &group()).await.unwrap();
    assert!(!recorded.contains(&Outcome::Recorded));
    assert_eq!(database.rows(state).await, before);
}

#[tokio::test]
async fn a_group_is_committed_whole_or_not_at_all() {
    let (store, database) = fresh().await;
    let account = account();
    let mut poisoned = record(&account, &eftpay("R2", &[]));
    poisoned.received.headers = "no JSON".to_owned();
    let group = [record(&account, &eftpay("R1", &[])), poisoned];
    let error = record_all(&store, &group).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Content);
    for table in ["refunds", "refund_events", "deliveries"] {
        assert_eq!(database.count(&format!("refunds_v1.{table}")).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_that_overlap_are_recorded_at_the_same_time_without_loss_or_repeat() {
    let (store, database) = fresh().await;
    let account = account();
    let words = ["TRADE_PROCESSING", "TRADE_REFUND", "TRADE_FAIL", "APPLY_SUCCESS"];
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4_usize {
        let mut groups = Vec::new();
        for group in 0..6_usize {
            // Each writer records the same refunds in another order.
            let records: Vec<_> = (0..8_usize)
                .map(|number| {
                    let refund = (number * (writer + 1) + group) % 8;
                    let word = words[(writer + group + number) % words.len()];
                    let body = eftpay(&format!("R{refund}"), &status(word, "2026-01-20 10:00:00"));
                    record(&account, &body)
                })
                .collect();
            groups.push(records);
        }
        let store = store.clone();
        writers.spawn(async move {
            for group in groups {
                record_all(&store, &group).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    assert_eq!(database.count("refunds_v1.deliveries").await, 4 * 6 * 8);
    let counted = "select sum(delivery_count) as n from refunds_v1.refunds";
    assert_eq!(database.row(counted).await["n"], 4 * 6 * 8);
    let twice = "(select refund_id, status, provider_status from refunds_v1.refund_events
        group by 1, 2, 3 having count(*) > 1) as twice";
    assert_eq!(database.count(twice).await, 0);
    // Every state is the fold of the refund's events, and not the state of the last event.
    for refund in database.rows("select * from refunds_v1.refunds").await {
        let id = refund["refund_id"].as_str().unwrap().parse().unwrap();
        let events = store.events_of(id).await.unwrap();
        let state = refund_providers::refund::fold(events.iter().map(|one| &one.event)).unwrap();
        assert_eq!(refund["status"], state.status.as_str());
        assert_eq!(refund["conflicting"], state.conflicting);
        assert_eq!(refund["event_count"].as_u64().unwrap(), events.len() as u64);
        assert_eq!(refund["last_seq"].as_i64().unwrap(), events.last().unwrap().seq);
    }
}

#[tokio::test]
async fn a_delivery_that_the_database_refuses_is_kept_for_repair_and_does_not_affect_its_siblings()
{
    let receiver = Setup::usual().await.start();
    // This version of the schema does not accept this refund.
    let refuse = "alter table refund_inbox.refund_events add check (merchant_refund_id <> 'R2')";
    receiver.database.execute(refuse).await;
    let held = receiver.database.hold_commits().await;
    let send = |refund: &'static str| {
        let url = receiver.url("eftpay/hk");
        tokio::spawn(async move { post(&url, &[], eftpay(refund, &[])).await })
    };
    let first = send("R0");
    receiver.database.until_a_commit_is_held().await;
    let group = [send("R1"), send("R2"), send("R3")];
    held.release().await;
    assert!(first.await.unwrap().is_success());
    for sent in group {
        assert!(sent.await.unwrap().is_success());
    }
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 3);
    let kept = "select * from refunds_v1.deliveries where verdict = 'unreadable'";
    assert_eq!(receiver.database.row(kept).await["reason"], "store_refused");
    // The next delivery of that refund is also acknowledged, so that the provider stops sending.
    assert!(receiver.post("eftpay/hk", &eftpay("R2", &[])).await.is_success());
}

#[tokio::test]
async fn an_event_that_a_later_version_stored_does_not_stop_its_refund() {
    let receiver = Setup::usual().await.start();
    receiver.post("eftpay/hk", &eftpay("R1", &[])).await;
    let later = "update refund_inbox.refund_events set flags = '{invented_later}',
        digest = sha256('computed otherwise')";
    receiver.database.execute(later).await;
    for word in ["TRADE_FAIL", "TRADE_REFUND"] {
        let body = eftpay("R1", &status(word, "2026-03-01 00:00:00"));
        assert!(receiver.post("eftpay/hk", &body).await.is_success(), "{word}");
    }
    let refund = receiver.database.row("select * from refunds_v1.refunds").await;
    assert_eq!(refund["event_count"], 3);
    assert_eq!(refund["conflicting"], true);
}

#[tokio::test]
async fn text_that_postgres_cannot_hold_is_replaced_and_recorded() {
    let (store, database) = fresh().await;
    let account = account();
    let hostile = [
        ("extra", json!("nul\u{0}nul")),
        ("deep", json!("\u{10ffff}\u{202e}")),
        ("wide", json!("x".repeat(100_000))),
    ];
    store.record(&[&record(&account, &eftpay("R1", &hostile))]).await.unwrap();
    let payload = &database.row("select payload from refunds_v1.refund_events").await["payload"];
    assert_eq!(payload["extra"], "nul\u{fffd}nul");
}
