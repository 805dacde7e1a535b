//! Everything that the service, its maintenance and its commands do with the database.

use data_encoding::BASE64;
use http::HeaderMap;
use refund_inbox::config::{AtRestSettings, WrappingKey};
use refund_inbox::id::{new_id, new_salt};
use refund_inbox::store::{
    Action, Condition, Deed, DeliveryRecord, Dismissal, Erasure, FeedFilter, IdPrefix, KeptFilter,
    ListQuery, Listed, Noted, QuarantineLimits, QuarantineReason, ReceivedDelivery, RefusedRecord,
    ReplayOf, ReportQuery, Resolution, Store,
};
use refund_providers::contract::{Delivery, Meaning, Refusal, Reply, Verdict};
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::receiver::NOW;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

/// How many deliveries a group has.
const GROUP: usize = 8;

/// Does everything once. `round` makes the refunds new.
pub(super) async fn all(store: &Store, database: &Database, round: usize) {
    connecting(store).await;
    let refund_id = recording(store, database, round).await;
    let refused = quarantine(store, round).await;
    replaying(store, round, &refused).await;
    looking_up(store, refund_id, &refused).await;
    maintenance(store, database).await;
    erasing(store, round).await;
    at_rest(store, database, round).await;
}

async fn connecting(store: &Store) {
    store.answers().await.unwrap();
    store.takes_writes().await.unwrap();
    store.probe_commit().await.unwrap();
    store.readers().unwrap().answers().await.unwrap();
}

/// Records new refunds, repeats of them, refunds of orders with running totals, and refunds with
/// single-use tokens. Returns one of the refunds.
async fn recording(store: &Store, database: &Database, round: usize) -> Uuid {
    let group = |first: usize| -> Vec<DeliveryRecord> {
        let account = account();
        let numbers = first..first + GROUP;
        numbers.map(|number| record(&account, &eftpay(&format!("{round}-{number}"), &[]))).collect()
    };
    let new = group(0);
    store.record(&references(&new)).await.unwrap();
    assert_eq!(store.read_back(&references(&new)).await.unwrap().len(), GROUP);
    store.dry_run(&references(&group(0))).await.unwrap();
    store.record(&references(&group(0))).await.unwrap();
    let mut of_orders = group(GROUP);
    for record in &mut of_orders {
        let Meaning::Refunds(events) = &mut record.meaning else { panic!("not a refund") };
        events[0].cumulative_within = Some(format!("order {round}"));
    }
    store.record(&references(&of_orders)).await.unwrap();
    let mut with_tokens = group(2 * GROUP);
    for record in &mut with_tokens {
        record.single_use_token = Some(record.received.body_sha256);
    }
    store.dry_run(&references(&with_tokens)).await.unwrap();
    store.record(&references(&with_tokens)).await.unwrap();
    let query =
        format!("select refund_id from refunds_v1.refunds where merchant_refund_id = '{round}-0'");
    database.row(&query).await["refund_id"].as_str().unwrap().parse().unwrap()
}

fn references(group: &[DeliveryRecord]) -> Vec<&DeliveryRecord> {
    group.iter().collect()
}

/// Refuses more deliveries than the quarantine of their account may keep. Returns their ids.
async fn quarantine(store: &Store, round: usize) -> Vec<Uuid> {
    let headers = HeaderMap::new();
    let delivery = Delivery {
        path_and_query: "/",
        headers: &headers,
        redacted: &[],
        body: b"forged",
        received_at: NOW,
    };
    let refused = || {
        let account = format!("account {round}");
        RefusedRecord {
            received: ReceivedDelivery::new(
                new_id(NOW),
                "eftpay",
                &account,
                None,
                &delivery,
                new_salt(),
            ),
            reason: QuarantineReason::Refused(Refusal::SignatureMismatch),
            reply: Reply { status: 401, content_type: "text/plain", body: "no".to_owned() },
        }
    };
    let refused: Vec<RefusedRecord> = (0..GROUP).map(|_| refused()).collect();
    let limits = QuarantineLimits { deliveries: 5, bytes: 1_000_000 };
    let evicted = store.quarantine(&refused, limits).await.unwrap();
    assert_eq!(evicted.values().sum::<u64>(), 3);
    store.measure_quarantine().await.unwrap();
    refused.iter().map(|one| one.received.delivery_id).collect()
}

async fn replaying(store: &Store, round: usize, refused: &[Uuid]) {
    let kept = store.kept(&KeptFilter::default(), Uuid::nil(), 50).await.unwrap();
    assert!(!kept.is_empty());
    let chosen = KeptFilter {
        delivery_ids: Some(refused.to_vec()),
        verdicts: Some(vec![Verdict::Refused]),
        ..KeptFilter::default()
    };
    assert_eq!(store.kept(&chosen, Uuid::nil(), 50).await.unwrap().len(), 5);
    store.not_waiting(refused).await.unwrap();
    let mut replay = record(&account(), &eftpay(&format!("{round}-replayed"), &[]));
    let delivery_id = *refused.last().unwrap();
    replay.replayed_from = Some(ReplayOf { delivery_id, reason: None, at: NOW });
    store.record(&[&replay]).await.unwrap();
    // The same delivery, read otherwise.
    let delivery_id = replay.received.delivery_id;
    let mut reread = record(&account(), &eftpay(&format!("{round}-replayed"), &[]));
    let Meaning::Refunds(events) = &mut reread.meaning else { panic!("not a refund") };
    events[0].facts.reason = Some("read now".to_owned());
    reread.replayed_from = Some(ReplayOf { delivery_id, reason: None, at: NOW });
    store.record(&[&reread]).await.unwrap();
}

async fn looking_up(store: &Store, refund_id: Uuid, refused: &[Uuid]) {
    for listed in [Listed::Refunds, Listed::Deliveries] {
        let newest = ListQuery::newest(listed, 20);
        let page = store.list(&newest).await.unwrap();
        assert!(!page.rows.is_empty());
        store.list(&ListQuery { after: page.next, ..newest }).await.unwrap();
    }
    let conditions = vec![Condition::Conflicting];
    let conflicting = ListQuery { conditions, ..ListQuery::newest(Listed::Refunds, 20) };
    store.list(&conflicting).await.unwrap();
    let past = ListQuery { as_of: Some(NOW), ..ListQuery::newest(Listed::Refunds, 20) };
    store.list(&past).await.unwrap();
    let conditions = vec![Condition::Currency("XTS".to_owned())];
    store.list(&ListQuery { conditions, ..past }).await.unwrap();
    let beginning = IdPrefix::read(&refused.last().unwrap().to_string()).unwrap();
    assert_eq!(store.deliveries_beginning_with(beginning).await.unwrap().len(), 1);
    assert!(store.delivery(*refused.last().unwrap()).await.unwrap().is_some());
    assert_eq!(store.find_refunds(&refund_id.to_string(), None).await.unwrap().len(), 1);
    assert_eq!(store.events_of(refund_id).await.unwrap().len(), 1);
    let mut feed = store.feed(FeedFilter { after: 0, account: None });
    assert!(!feed.next_page().await.unwrap().events.is_empty());
    assert!(feed.newest().await.unwrap().is_some());
    assert!(feed.before_last(3).await.unwrap() > 0);
    let resolution =
        Resolution { refund_id, who: "somebody", via: "test", note: "all is well", at: NOW };
    assert!(store.resolve_refund(&resolution).await.unwrap());
    let dismissal =
        Dismissal { subject: "one", who: "somebody", via: "test", note: "all is well", at: NOW };
    assert_eq!(store.dismiss_deliveries(refused, &dismissal).await.unwrap(), 8);
    let about = Noted::Delivery(refused[0]);
    let deed = Deed {
        at: NOW,
        who: "somebody",
        via: "test",
        action: Action::Note,
        subject: &about.to_string(),
        detail: "asked the provider",
    };
    store.note(&deed).await.unwrap();
    assert_eq!(store.notes_about(refused[0]).await.unwrap()[0].about, about);
    assert!(!store.audit(None, None, 5).await.unwrap().is_empty());
    // Its number is long enough to search the quarantine for it.
    let found = store.find_refunds("2-replayed", None).await.unwrap();
    assert!(!store.story(&found[0]).await.unwrap().events.is_empty());
    let query = ReportQuery::default();
    assert!(!store.totals(&query).await.unwrap().is_empty());
    store.ageing(&query, NOW).await.unwrap();
    store.changed(&query, NOW).await.unwrap();
    store.waiting(&[("hk".to_owned(), NOW)]).await.unwrap();
    assert_eq!(store.activity(&["hk".to_owned()], NOW).await.unwrap().len(), 1);
    assert_eq!(store.last_reloads(&[("hk".to_owned(), NOW)]).await.unwrap(), [None]);
    let limits = QuarantineLimits { deliveries: 5, bytes: 1_000_000 };
    store.full_quarantines(limits).await.unwrap();
    store.in_default_partition().await.unwrap();
}

async fn maintenance(store: &Store, database: &Database) {
    let accounts = ["hk", "nobody"].map(str::to_owned);
    assert_eq!(store.accounts_with_refunds(&accounts).await.unwrap().len(), 1);
    store.conflicting_refunds().await.unwrap();
    store.open_refunds(NOW).await.unwrap();
    let hour_ago = NOW - time::Duration::hours(1);
    store.refunds_over_time(&[hour_ago], NOW, Some("hk")).await.unwrap();
    store.deliveries_over_time(&[hour_ago], NOW).await.unwrap();
    store.last_uses_of_keys("hk").await.unwrap();
    assert_eq!(store.last_recorded(&accounts).await.unwrap().len(), 1);
    store.complete_history(20).await.unwrap();
    store.create_partitions(NOW.date()).await.unwrap();
    retention(store, database).await;
    store.migrate(NOW.date()).await.unwrap();
    store.planned_migration(NOW.date()).await.unwrap();
    store.replication_slot_lag().await.unwrap();
}

/// Empties a few deliveries and drops the months of years ago, so that the other work still finds what
/// it needs.
async fn retention(store: &Store, database: &Database) {
    let before = NOW - Duration::days(10);
    store.empty_deliveries(before, NOW, 5).await.unwrap();
    database.execute("select refund_inbox.create_delivery_partitions('2001-01-01', 3)").await;
    let months = store.drop_months(date!(2002 - 01 - 01)).await.unwrap();
    assert_eq!(months.dropped.len(), 3);
    assert!(store.kept_months().await.unwrap().is_empty());
}

/// Erases a refund about which something arrives afterwards. The number is long enough to search the
/// quarantine for it.
async fn erasing(store: &Store, round: usize) {
    let arrives = async || {
        let record = record(&account(), &eftpay(&format!("{round}-erased"), &[]));
        store.record(&[&record]).await.unwrap();
    };
    arrives().await;
    let found = store.find_refunds(&format!("{round}-erased"), None).await.unwrap();
    let refund_id = found[0].text("refund_id").parse().unwrap();
    let erasure = Erasure { refund_id, who: "somebody", via: "test", reason: "asked for", at: NOW };
    assert!(store.erase_refund(&erasure).await.unwrap().is_some());
    arrives().await;
    assert_eq!(store.erase_later_arrivals(NOW).await.unwrap(), 1);
}

/// Seals deliveries, opens them, and wraps the data keys with another key.
async fn at_rest(store: &Store, database: &Database, round: usize) {
    let key = |byte: u8| WrappingKey::try_from(BASE64.encode(&[byte; 32])).unwrap();
    let with = |keys| store.clone().with_keys(&AtRestSettings { keys });
    database.execute("delete from refund_inbox.data_keys").await;
    let sealing = with(vec![key(1)]);
    sealing.prepare_data_keys(NOW).await.unwrap();
    let mut record = record(&account(), &eftpay(&format!("{round}-sealed"), &[]));
    sealing.seal(&mut record.received).await.unwrap();
    sealing.record(&[&record]).await.unwrap();
    let rotated = with(vec![key(2), key(1)]);
    let opened = rotated.delivery(record.received.delivery_id).await.unwrap().unwrap();
    assert_eq!(opened.locked, None);
    assert_eq!(rotated.prepare_data_keys(NOW).await.unwrap(), 2);
    assert!(with(vec![key(1)]).missing_key().await.unwrap().is_some());
    database.execute("delete from refund_inbox.data_keys").await;
}
