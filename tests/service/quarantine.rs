//! The quarantine of refused deliveries is bounded for each account. It evicts the oldest first,
//! and never an authentic delivery.

use std::collections::{BTreeMap, BTreeSet};

use http::HeaderMap;
use refund_inbox::id::{new_id, new_salt};
use refund_inbox::store::{QuarantineLimits, QuarantineReason, ReceivedDelivery, RefusedRecord};
use refund_providers::contract::{Delivery, Refusal, Reply};
use serde_json::json;
use testing::client::get;
use testing::database::Database;
use testing::notifications::{eftpay, paycools};
use testing::postgres;
use testing::receiver::{NOW, Setup};
use testing::waiting::eventually;

/// Makes a refused delivery of this account, of about 300 bytes.
fn refused(account: &str) -> RefusedRecord {
    let headers = HeaderMap::new();
    let delivery = Delivery {
        path_and_query: "/",
        headers: &headers,
        redacted: &[],
        body: b"forged",
        received_at: NOW,
    };
    RefusedRecord {
        received: ReceivedDelivery::new(
            new_id(NOW),
            "eftpay",
            account,
            None,
            &delivery,
            new_salt(),
        ),
        reason: QuarantineReason::Refused(Refusal::SignatureMismatch),
        reply: Reply { status: 401, content_type: "text/plain", body: "no".to_owned() },
    }
}

/// Returns the size of each quarantine, as noted and as counted.
async fn noted_and_counted(database: &Database) -> [BTreeMap<String, (i64, i64)>; 2] {
    let noted =
        "select account, deliveries, bytes from refund_inbox.quarantine_usage where deliveries > 0";
    let counted = "select account, count(*) as deliveries, sum(kept_bytes) as bytes
        from refund_inbox.refused_deliveries group by account";
    let mut both = [BTreeMap::new(), BTreeMap::new()];
    for (query, fill) in [noted, counted].into_iter().zip(&mut both) {
        for row in database.rows(query).await {
            let number = |column: &str| row[column].as_i64().unwrap();
            let account = row["account"].as_str().unwrap().to_owned();
            fill.insert(account, (number("deliveries"), number("bytes")));
        }
    }
    both
}

#[tokio::test]
async fn the_quarantine_keeps_the_newest_refused_deliveries_of_each_account() {
    let receiver = Setup::usual().await.with("[quarantine]\ndeliveries_per_account = 3").start();
    let forged = |number: usize| {
        let padding = " ".repeat(number);
        format!("{}{padding}", eftpay("R1", &[]).replace("88.50", "88.51"))
    };
    let quarantine = "refunds_v1.deliveries where verdict = 'refused' and account = 'hk'";
    for number in 0..3 {
        receiver.post("eftpay/hk", &forged(number)).await;
        receiver.database.until_count(quarantine, i64::try_from(number).unwrap() + 1).await;
    }
    receiver.post("paycools/ph", "{}").await;
    receiver.database.until_count("refunds_v1.deliveries", 4).await;
    for number in 3..7 {
        receiver.post("eftpay/hk", &forged(number)).await;
        let arrived = format!("{quarantine} and body_bytes = {}", forged(number).len());
        receiver.database.until_count(&arrived, 1).await;
    }
    let rows = receiver.database.rows(&format!("select body_bytes from {quarantine}")).await;
    let sizes: BTreeSet<u64> = rows.iter().map(|row| row["body_bytes"].as_u64().unwrap()).collect();
    let newest: BTreeSet<u64> = (4..7).map(|number| forged(number).len() as u64).collect();
    assert_eq!(sizes, newest);
    let other = "refunds_v1.deliveries where account = 'ph'";
    assert_eq!(receiver.database.count(other).await, 1, "the other account has its own quarantine");
}

#[tokio::test]
async fn the_quarantine_is_bounded_in_bytes_too() {
    let receiver = Setup::usual().await.with("[quarantine]\nbytes_per_account = 20000").start();
    for number in 0..6 {
        let body = format!("{{\"n\":{number},\"x\":\"{}\"}}", "x".repeat(6000));
        receiver.post("eftpay/hk", &body).await;
        let arrived = format!(
            "refund_inbox.refused_deliveries where position('\"n\":{number}' in encode(body, 'escape')) > 0"
        );
        receiver.database.until_count(&arrived, 1).await;
    }
    let size = "select sum(body_bytes) as n, count(*) as c from refund_inbox.refused_deliveries";
    let kept = receiver.database.row(size).await;
    assert!(kept["n"].as_i64().unwrap() <= 20_000, "{kept:?}");
    assert!(kept["c"].as_i64().unwrap() >= 2, "{kept:?}");
}

#[tokio::test]
async fn a_full_quarantine_never_affects_an_authentic_delivery() {
    let receiver = Setup::usual().await.with("[quarantine]\ndeliveries_per_account = 1").start();
    for number in 0..5 {
        let refund = paycools(&format!("R{number}"), &[]);
        assert!(receiver.post("paycools/ph", &refund).await.is_success());
        receiver.post("paycools/ph", &refund.replace("10000", "1")).await;
    }
    eventually("the quarantine to be written", async || {
        receiver.database.count("refund_inbox.refused_deliveries").await == 1
    })
    .await;
    assert_eq!(receiver.database.count("refund_inbox.deliveries").await, 5);
}

#[tokio::test]
async fn each_account_evicts_its_own_oldest_and_evictions_are_counted_by_account() {
    let account = |name| {
        format!(
            "[accounts.{name}]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\n\
             secrets = [\"testsignkey1234\"]\n"
        )
    };
    let names = ["flooded", "busy", "quiet"];
    let lines: String = names.into_iter().map(account).collect();
    let limits = "[quarantine]\ndeliveries_per_account = 2\n";
    let receiver = Setup::usual().await.with(&format!("{limits}{lines}")).start();
    let counted = async |name: &str| {
        let metrics = get(&receiver.operator("/metrics")).await.body;
        let series = format!("refund_inbox_quarantine_evicted_total{{account=\"{name}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&series).map(str::to_owned));
        line.unwrap_or_else(|| panic!("{series} is not there: {metrics}")).parse::<u64>().unwrap()
    };
    assert_eq!(counted("flooded").await, 0, "the series exists from the start");
    for (name, sent) in [("flooded", 7), ("busy", 3), ("quiet", 1)] {
        for number in 0..sent {
            let body = format!("{{\"number\":{number}}}");
            assert_eq!(receiver.post(&format!("eftpay/{name}"), &body).await.status, 401);
        }
    }
    eventually("the quarantine to be written", async || counted("flooded").await == 5).await;
    eventually("the quarantine to be written", async || counted("busy").await == 1).await;
    receiver.database.until_count("refund_inbox.refused_deliveries", 5).await;
    assert_eq!(counted("quiet").await, 0);
    let left =
        "select account, encode(body, 'escape') as body from refund_inbox.refused_deliveries";
    let left: BTreeSet<(String, String)> = receiver
        .database
        .rows(left)
        .await
        .into_iter()
        .map(|row| (row["account"].as_str().unwrap().into(), row["body"].as_str().unwrap().into()))
        .collect();
    let newest = [("flooded", 5), ("flooded", 6), ("busy", 1), ("busy", 2), ("quiet", 0)];
    let newest = newest.map(|(name, number)| (name.to_owned(), format!("{{\"number\":{number}}}")));
    assert_eq!(left, BTreeSet::from(newest));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_the_same_time_keep_each_quarantine_within_its_limits() {
    let database = Database::new(&postgres::shared().database().await);
    let store = postgres::store_of(&database);
    let limits = QuarantineLimits { deliveries: 20, bytes: 3000 };
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            let mut accounts = ["a", "b", "c"];
            accounts.rotate_left(writer % 3);
            for _ in 0..10 {
                let group: Vec<_> = accounts.iter().cycle().take(9).map(|it| refused(it)).collect();
                store.quarantine(&group, limits).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let [noted, counted] = noted_and_counted(&database).await;
    assert_eq!(noted, counted);
    assert_eq!(counted.len(), 3);
    for (account, (deliveries, bytes)) in counted {
        assert!(deliveries <= 20 && bytes <= 3000, "{account}: {deliveries}, {bytes} bytes");
        assert!(bytes > 2400, "{account}: only {bytes} bytes are left");
    }
}

#[tokio::test]
async fn a_lowered_limit_applies_at_the_next_write_and_quarantines_are_counted_again() {
    let database = Database::new(&postgres::shared().database().await);
    let store = postgres::store_of(&database);
    let wide = QuarantineLimits { deliveries: 1000, bytes: 1_000_000 };
    let group: Vec<_> = (0..300).map(|_| refused("a")).chain([refused("b")]).collect();
    assert!(store.quarantine(&group, wide).await.unwrap().is_empty());
    let narrow = QuarantineLimits { deliveries: 10, ..wide };
    let last = refused("a");
    let evicted = store.quarantine(std::slice::from_ref(&last), narrow).await.unwrap();
    assert_eq!(evicted, BTreeMap::from([("a".to_owned(), 291)]));
    let left = "select delivery_id from refund_inbox.refused_deliveries where account = 'a'";
    let left = database.rows(left).await.into_iter();
    let left: BTreeSet<String> =
        left.map(|row| row["delivery_id"].as_str().unwrap().to_owned()).collect();
    let newest = group[291..300].iter().chain([&last]);
    assert_eq!(left, newest.map(|record| record.received.delivery_id.to_string()).collect());

    // An operator deletes a quarantine by hand, and an older version of the program fills another.
    database.execute("delete from refund_inbox.refused_deliveries where account = 'a'").await;
    database
        .execute(
            "insert into refund_inbox.refused_deliveries
             select gen_random_uuid(), received_at, provider, 'c', reason, peer, path_and_query,
                headers, body, body_sha256, body_bytes, response_status, response_body,
                replayed_from, kept_bytes
             from refund_inbox.refused_deliveries",
        )
        .await;
    let [noted, counted] = noted_and_counted(&database).await;
    assert_ne!(noted, counted);
    let bytes = store.measure_quarantine().await.unwrap();
    let [noted, counted] = noted_and_counted(&database).await;
    assert_eq!(noted, counted);
    assert_eq!(counted.keys().collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(bytes, counted.values().map(|(_, bytes)| bytes).sum::<i64>());
}

/// Runs the statements with which the previous version keeps the sizes. That version runs beside
/// this one during a rolling upgrade.
#[tokio::test]
async fn an_instance_of_the_previous_version_keeps_the_sizes_under_their_old_name() {
    let database = Database::new(&postgres::shared().database().await);
    let insert = "insert into refund_inbox.pens as pen (account, deliveries, bytes)
         values ('a', 2, 300)
         on conflict (account) do update
             set deliveries = pen.deliveries + excluded.deliveries,
                 bytes = pen.bytes + excluded.bytes";
    database.execute(insert).await;
    database.execute(insert).await;
    database
        .execute(
            "update refund_inbox.pens as pen
             set deliveries = pen.deliveries - 1, bytes = pen.bytes - 100
             where pen.account = 'a'",
        )
        .await;
    database.execute("begin; lock table refund_inbox.pens in exclusive mode; commit").await;
    let usage = database.row("select * from refund_inbox.quarantine_usage").await;
    assert_eq!((&usage["deliveries"], &usage["bytes"]), (&json!(3), &json!(500)));
    // The row types of the previous version's statement that writes a group still exist, too.
    for row_type in ["given_delivery", "given_event", "given_refund"] {
        database.row(&format!("select null::refund_inbox.{row_type} as empty")).await;
    }
}
