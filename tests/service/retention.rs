//! Retention: bodies and headers of old deliveries are emptied, old months are dropped, and what
//! waits for a person stays.

use refund_inbox::id::new_id;
use refund_inbox::store::{Dismissal, Emptied, KeptFilter, Store, StoreErrorKind};
use refund_providers::contract::Meaning;
use serde_json::Value;
use sqlx::{Connection, Executor};
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::program::run_command;
use testing::receiver::NOW;
use testing::service::{Service, usual};
use testing::waiting::eventually;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

struct Scene {
    database: Database,
    store: Store,
}

/// The columns of a delivery that retention leaves.
const STAYS: &str = "select delivery_id, received_at, provider, account, verdict, reason, key_id,
    signature_form, event_ids, peer, path_and_query, body_sha256, body_bytes, response_status,
    response_body, replayed_from from refund_inbox.deliveries order by delivery_id";

async fn scene() -> Scene {
    let database = Database::new(&postgres::shared().database().await);
    let store = store_of(&database);
    for month in [date!(2026 - 01 - 01), date!(2026 - 04 - 01), date!(2026 - 11 - 01)] {
        store.create_partitions(month).await.unwrap();
    }
    Scene { database, store }
}

impl Scene {
    /// Records a delivery that was received at `at`. Returns its id.
    async fn record(&self, refund: &str, word: &str, at: OffsetDateTime) -> Uuid {
        let mut record = record(&account(), &eftpay(refund, &[("trade_status", word.into())]));
        record.received.delivery_id = new_id(at);
        record.received.received_at = at;
        self.store.record(&[&record]).await.unwrap();
        record.received.delivery_id
    }

    /// Records a delivery that cannot be read. Returns its id.
    async fn unreadable(&self, at: OffsetDateTime) -> Uuid {
        let mut record = record(&account(), &eftpay("U", &[]));
        record.received.delivery_id = new_id(at);
        record.received.received_at = at;
        record.is_for_repair = true;
        assert!(matches!(record.meaning, Meaning::Refunds(_)));
        self.store.record(&[&record]).await.unwrap();
        record.received.delivery_id
    }

    async fn refuse(&self, at: OffsetDateTime) -> Uuid {
        let id = new_id(at);
        let statement = format!(
            "insert into refund_inbox.refused_deliveries (delivery_id, received_at, provider, account,
                 reason, path_and_query, headers, body, body_sha256, body_bytes, response_status,
                 response_body, kept_bytes)
             values ('{id}', '{at}', 'eftpay', 'hk', 'signature_mismatch', '/', '[[\"a\", \"b\"]]',
                 'secret', '', 6, 401, '', 20)"
        );
        self.database.execute(&statement).await;
        id
    }

    /// Returns whether the body and the headers of a delivery are there.
    async fn is_whole(&self, id: Uuid) -> bool {
        let detail = self.store.delivery(id).await.unwrap().unwrap();
        let headers = detail.headers.as_array().unwrap().len();
        assert!(detail.emptied_at.is_none() || (detail.body.is_empty() && headers == 0));
        detail.emptied_at.is_none() && !detail.body.is_empty()
    }

    async fn empty(&self, before: OffsetDateTime) -> i64 {
        let mut emptied = 0;
        loop {
            let step = self.store.empty_deliveries(before, NOW, 3).await.unwrap();
            emptied += step.emptied;
            if !step.has_more {
                return emptied;
            }
        }
    }

    async fn dismiss(&self, id: Uuid) {
        let dismissal =
            Dismissal { subject: "it", who: "somebody", via: "test", note: "seen", at: NOW };
        self.store.dismiss_deliveries(&[id], &dismissal).await.unwrap();
    }

    async fn months(&self) -> Vec<String> {
        let months = "select relname::text from pg_class
            where relnamespace = 'refund_inbox'::regnamespace and relkind = 'r'
                and relname like '%deliveries_2026_0%' order by 1";
        let rows = self.database.rows(months).await;
        rows.iter().map(|row| row["relname"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn old_deliveries_are_emptied_in_steps_and_everything_else_of_them_stays() {
    let scene = scene().await;
    let mut old = Vec::new();
    for hour in 1..8 {
        let at = NOW - Duration::days(30) - Duration::hours(hour);
        old.push(scene.record(&format!("O{hour}"), "TRADE_REFUND", at).await);
    }
    let refused = scene.refuse(NOW - Duration::days(31)).await;
    let young = scene.record("Y", "TRADE_REFUND", NOW - Duration::days(29)).await;
    let refused_young = scene.refuse(NOW).await;
    let tables = ["refund_inbox.refunds", "refund_inbox.refund_events", "refund_inbox.used_tokens"];
    let mut before = vec![scene.database.rows(STAYS).await];
    for table in tables {
        before.push(scene.database.rows(&format!("select * from {table} order by 1")).await);
    }

    assert_eq!(scene.empty(NOW - Duration::days(30)).await, 8);

    for id in old {
        assert!(!scene.is_whole(id).await);
    }
    assert!(!scene.is_whole(refused).await);
    assert!(scene.is_whole(young).await && scene.is_whole(refused_young).await);
    let mut after = vec![scene.database.rows(STAYS).await];
    for table in tables {
        after.push(scene.database.rows(&format!("select * from {table} order by 1")).await);
    }
    assert_eq!(before, after);
    assert_eq!(scene.empty(NOW - Duration::days(30)).await, 0, "nothing is emptied twice");
    assert_eq!(scene.empty(NOW - Duration::days(28)).await, 1);
    let kept = scene.store.kept(&KeptFilter::default(), Uuid::nil(), 9).await.unwrap();
    let kept: Vec<Uuid> = kept.iter().map(|kept| kept.delivery_id).collect();
    assert_eq!(kept, [refused_young], "an emptied delivery does not wait for repair");
    let waiting = scene.store.waiting(&[]).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].count), (1, 1));
}

#[tokio::test]
async fn what_waits_keeps_its_body_until_a_person_has_looked() {
    let scene = scene().await;
    let old = NOW - Duration::days(40);
    let unreadable = scene.unreadable(old).await;
    let conflicting = [
        scene.record("R1", "TRADE_REFUND", old + Duration::hours(1)).await,
        scene.record("R1", "TRADE_FAIL", old + Duration::hours(2)).await,
    ];
    let other = scene.record("R2", "TRADE_REFUND", old + Duration::hours(3)).await;
    let before = NOW - Duration::days(30);
    assert_eq!(scene.empty(before).await, 1);
    assert!(!scene.is_whole(other).await);
    for waits in conflicting.into_iter().chain([unreadable]) {
        assert!(scene.is_whole(waits).await);
    }
    scene.dismiss(unreadable).await;
    assert_eq!(scene.empty(before).await, 1);
    assert!(!scene.is_whole(unreadable).await && scene.is_whole(conflicting[0]).await);
    scene
        .database
        .execute("update refund_inbox.refunds set resolved_seq = last_seq where conflicting")
        .await;
    assert_eq!(scene.empty(before).await, 2);
    assert_eq!(scene.database.count("refund_inbox.kept_whole").await, 0);
}

#[tokio::test]
async fn the_delivery_that_a_late_replay_makes_is_emptied_too() {
    let scene = scene().await;
    let old = NOW - Duration::days(40);
    let unreadable = scene.unreadable(old).await;
    scene.record("R", "TRADE_REFUND", old + Duration::hours(1)).await;
    let before = NOW - Duration::days(30);
    assert_eq!(scene.empty(before).await, 1);
    let made = scene.record("U", "TRADE_REFUND", old).await;
    let replay =
        format!("insert into refund_inbox.replays values ('{unreadable}', '{made}', '{NOW}')");
    scene.database.execute(&replay).await;
    assert_eq!(scene.empty(before).await, 2);
    assert!(!scene.is_whole(made).await && !scene.is_whole(unreadable).await);
}

#[tokio::test]
async fn old_months_are_dropped_and_one_in_which_something_waits_stays_and_is_named() {
    let scene = scene().await;
    scene.record("R1", "TRADE_REFUND", datetime!(2026-01-31 23:59:59 UTC)).await;
    let unreadable = scene.unreadable(datetime!(2026-02-10 00:00 UTC)).await;
    scene.record("R3", "TRADE_REFUND", datetime!(2026-04-01 00:00 UTC)).await;
    scene.record("R4", "TRADE_REFUND", datetime!(2025-12-31 00:00 UTC)).await;
    assert_eq!(scene.database.count("refund_inbox.deliveries_default").await, 1);
    let refused = scene.refuse(datetime!(2026-01-01 00:00 UTC)).await;
    let events = scene.database.rows("select * from refund_inbox.refund_events").await;

    let months = scene.store.drop_months(date!(2026 - 04 - 01)).await.unwrap();
    assert_eq!(months.dropped, [date!(2026 - 01 - 01), date!(2026 - 03 - 01)]);
    assert_eq!(months.kept, [date!(2026 - 02 - 01)]);
    assert_eq!(scene.months().await[..2], ["deliveries_2026_02", "deliveries_2026_04"]);
    assert_eq!(scene.database.count("refund_inbox.deliveries").await, 2);
    let kept = scene.store.kept_months().await.unwrap();
    assert_eq!((kept[0].month, kept[0].count), (date!(2026 - 02 - 01), 1));
    assert!(kept[0].has_unreadable);
    assert!(scene.store.delivery(refused).await.unwrap().is_some(), "it waits");

    scene.dismiss(unreadable).await;
    assert!(scene.store.kept_months().await.unwrap().is_empty(), "what it says is current");
    scene.dismiss(refused).await;
    let months = scene.store.drop_months(date!(2026 - 04 - 01)).await.unwrap();
    assert_eq!((months.dropped, months.kept), (vec![date!(2026 - 02 - 01)], vec![]));
    assert!(scene.store.delivery(refused).await.unwrap().is_none());
    assert_eq!(events, scene.database.rows("select * from refund_inbox.refund_events").await);
}

#[tokio::test]
async fn a_month_that_cannot_be_locked_is_dropped_later_and_one_that_was_detached_is_dropped() {
    let scene = scene().await;
    scene.record("R1", "TRADE_REFUND", datetime!(2026-01-31 00:00 UTC)).await;
    let mut reader = scene.database.connect().await;
    let mut reading = reader.begin().await.unwrap();
    reading.execute("select count(*) from refund_inbox.deliveries").await.unwrap();
    let error = scene.store.drop_months(date!(2026 - 02 - 01)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Contention, "{error}");
    // Recording goes on beside the reader.
    scene.record("R2", "TRADE_REFUND", NOW).await;
    reading.rollback().await.unwrap();
    // As if the instance had ended between the two transactions.
    for statement in [
        "alter table refund_inbox.deliveries detach partition refund_inbox.deliveries_2026_01",
        "alter table refund_inbox.deliveries_2026_01 rename to dropped_deliveries_2026_01",
    ] {
        scene.database.execute(statement).await;
    }
    scene.store.drop_months(date!(2026 - 02 - 01)).await.unwrap();
    assert!(!scene.months().await[0].contains("2026_01"), "{:?}", scene.months().await);
}

#[tokio::test]
async fn one_instance_at_a_time_applies_the_retention() {
    let scene = scene().await;
    scene.record("R1", "TRADE_REFUND", datetime!(2026-01-31 00:00 UTC)).await;
    let mut other = scene.database.connect().await;
    let mut at_it = other.begin().await.unwrap();
    at_it.execute("select pg_advisory_xact_lock(7301946318027155)").await.unwrap();
    let step = scene.store.empty_deliveries(NOW, NOW, 5).await.unwrap();
    assert_eq!(step, Emptied::default());
    let months = scene.store.drop_months(date!(2026 - 06 - 01)).await.unwrap();
    assert!(months.dropped.is_empty() && months.kept.is_empty());
    at_it.rollback().await.unwrap();
    assert_eq!(scene.empty(NOW).await, 1);
}

#[tokio::test]
async fn a_running_service_applies_its_retention_and_status_names_the_month_that_stays() {
    let (configuration, database) = usual().await;
    let scene = Scene { store: store_of(&database), database };
    let long_ago = OffsetDateTime::now_utc() - Duration::days(100);
    scene.store.create_partitions(long_ago.date()).await.unwrap();
    let recorded = scene.record("R1", "TRADE_REFUND", long_ago).await;
    let unreadable = scene.unreadable(long_ago).await;
    let retention = "[retention]\nbodies_days = 30\ndeliveries_months = 1\n";
    let service = Service::start(&format!("{retention}{configuration}")).await;
    let metrics = async || testing::metrics::page(service.addresses().1).await;
    let is_kept = async || metrics().await.contains("refund_inbox_retention_kept_months 1");
    eventually("the month is kept", is_kept).await;
    assert!(!scene.is_whole(recorded).await && scene.is_whole(unreadable).await);
    let ran = run_command(service.command(&["status", "--json"])).await;
    let rows: Vec<Value> = ran.out.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let kept = rows.iter().find(|row| row["kind"] == "kept_month").unwrap();
    assert_eq!((ran.status, &kept["count"]), (3, &1.into()), "{}", ran.out);
    let next = kept["next"].as_str().unwrap().strip_prefix("refund-inbox ").unwrap();
    let listed = run_command(service.command(&next.split(' ').collect::<Vec<_>>())).await;
    assert!(listed.out.contains(&unreadable.to_string()), "{}{}", listed.out, listed.err);
}
