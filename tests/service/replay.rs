//! Kept deliveries judged again: with today's keys, as of their receipt, once, and by the way of a
//! live one. What the command says is in `replay_command.rs`.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::clock::new_id;
use refund_inbox::config::ConfiguredAccount;
use refund_inbox::crypto::SigningKey;
use refund_inbox::inbox::Accounts;
use refund_inbox::provider::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use refund_inbox::provider::{
    Authentic, Delivery, KeyDescription, NotAuthentic, Notice, Outcome, Provider, Refusal, Reply,
    Unreadable,
};
use refund_inbox::refund::{RefundKey, RefundStatus};
use refund_inbox::replay::{Fate, Purpose, Replay, Replayed};
use refund_inbox::store::{
    KeptFilter, KeptVerdict, PenLimits, ReceivedDelivery, RefusedRecord, Store, StoreError,
};
use serde_json::{Map, Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::client::{Answer, eftpay, eventually, paycools, post};
use crate::database::Database;
use crate::postgres::{self, store_of};
use crate::receiver::{ACCOUNTS, NOW, Receiver, Setup, configuration};
use crate::{client, fixture_file};

/// When these replays happen: no window of any provider reaches back to [`NOW`] from here.
const MUCH_LATER: OffsetDateTime = datetime!(2028-02-03 04:05:06 UTC);

/// Judges again what the filter lets through, with the accounts of this configuration.
async fn run(
    store: &Store,
    accounts: &Accounts,
    filter: &KeptFilter,
    purpose: Purpose,
) -> Vec<Replayed> {
    let recording = configuration("[recording]\ndeadline_ms = 60000").recording;
    let replay = Replay { accounts, store, recording: &recording, began: MUCH_LATER, purpose };
    let mut told = Vec::new();
    let tell = |replayed| {
        told.push(replayed);
        Ok::<(), StoreError>(())
    };
    replay.run(filter, None, tell).await.unwrap();
    told
}

fn accounts(lines: &str) -> Accounts {
    Accounts::new(configuration(lines).accounts)
}

/// Repairs whatever waits.
async fn repair(database: &Database, lines: &str) -> Vec<Fate> {
    let all = KeptFilter::default();
    let told = run(&store_of(database), &accounts(lines), &all, Purpose::Repair).await;
    told.into_iter().map(|replayed| replayed.fate).collect()
}

/// What came of a delivery that became another one.
fn outcome(fate: &Fate) -> Option<Outcome> {
    match fate {
        Fate::Recorded(new) => Some(new.outcome),
        _ => None,
    }
}

/// Every row of every table with the transaction that wrote it, and the feed's last number.
async fn everything(database: &Database) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    for table in ["deliveries", "refused_deliveries", "refunds", "refund_events", "replays"] {
        let all = format!(
            "select '{table}' as table, xmin::text, to_jsonb(t) as row
             from refund_inbox.{table} as t order by to_jsonb(t)::text"
        );
        rows.extend(database.rows(&all).await);
    }
    rows.extend(database.rows("select * from refund_inbox.refund_events_seq").await);
    rows
}

/// Puts a request into the pen, refused by mistake.
async fn refuse(
    store: &Store,
    account: (&'static str, &str),
    at: OffsetDateTime,
    body: &str,
) -> Uuid {
    refuse_whole(store, account, &HeaderMap::new(), "/notify", at, body.as_bytes()).await
}

async fn refuse_whole(
    store: &Store,
    (provider, account): (&'static str, &str),
    headers: &HeaderMap,
    path_and_query: &str,
    received_at: OffsetDateTime,
    body: &[u8],
) -> Uuid {
    let delivery = Delivery { path_and_query, headers, body, received_at };
    let id = new_id(received_at);
    let peer = Some("192.0.2.7".to_owned());
    let refused = RefusedRecord {
        received: ReceivedDelivery::new(id, provider, account, peer, &delivery),
        refusal: Refusal::SignatureMismatch,
        reply: Reply { status: 401, content_type: "text/plain", body: "no".to_owned() },
    };
    let limits = PenLimits { deliveries: 1_000_000, bytes: 1_000_000_000 };
    assert!(store.pen(&[refused], limits).await.unwrap().is_empty());
    id
}

/// Puts an authentic request among the deliveries as one that could not be read.
async fn keep_unreadable(
    database: &Database,
    at: OffsetDateTime,
    reason: &str,
    body: &str,
) -> Uuid {
    let id = new_id(at);
    let hex = HEXLOWER.encode(body.as_bytes());
    let row = format!(
        "insert into refund_inbox.deliveries (delivery_id, received_at, provider, account,
            verdict, reason, key_id, path_and_query, headers, body, body_sha256, body_bytes,
            response_status, response_body)
         values ('{id}', to_timestamp({}), 'eftpay', 'hk', 'unreadable', '{reason}', 'then',
            '/notify/eftpay/hk', '[[\"content-type\", \"application/json\"]]', '\\x{hex}',
            sha256('\\x{hex}'), {}, 200, 'success')",
        at.unix_timestamp(),
        body.len(),
    );
    database.execute(&row).await;
    id
}

async fn fresh() -> (Store, Database) {
    let url = postgres::shared().database().await;
    (postgres::store(&url), Database::new(&url))
}

/// Sends what a provider would send now to a live receiver.
async fn send(receiver: &Receiver, route: &str, simulated: &Simulated) -> Answer {
    let headers: Vec<(&str, &str)> =
        simulated.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(&receiver.url(route), &headers, simulated.body.clone()).await
}

/// What the provider of the account `[accounts.cn]` of these lines would send.
fn simulate(lines: &str, key: Option<&SigningKey>, now: OffsetDateTime, serial: &str) -> Simulated {
    let accounts = configuration(lines).accounts;
    let order = SimulationOrder {
        scenario: Scenario::Succeeded,
        now,
        serial,
        path: "/notify",
        signing_key: key,
    };
    accounts.first().unwrap().reader.simulate(&order).unwrap()
}

fn wechatpay(key: &SigningKey, v3_key: &str) -> String {
    format!(
        "[accounts.cn]\nprovider = \"wechatpay\"\nmchid = \"1900000109\"\n\
         api_v3_keys = [\"{v3_key}\"]\n\
         public_keys = [{{ id = \"PUB_KEY_ID_1\", pem = {} }}]\n",
        json!(key.public_pem().unwrap())
    )
}

const V3_KEY: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn hazard_25_kept_deliveries_are_judged_at_the_time_of_their_receipt() {
    let (right, wrong) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let relay = |secret: &str| {
        format!("[accounts.cn]\nprovider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"{secret}\"]\n")
    };
    let cases = [
        ("wechatpay/cn", wechatpay(&right, V3_KEY), wechatpay(&wrong, V3_KEY), Some(&right)),
        ("nomad/cn", relay("right"), relay("wrong"), None),
    ];
    for (route, right, wrong, key) in cases {
        let url = postgres::shared().database().await;
        let receiver = Setup::on(url).with(&wrong).start();
        let fresh = simulate(&right, key, NOW, "fresh");
        // Stale when it arrived, and signed at the very moment of the replay.
        let stale = simulate(&right, key, MUCH_LATER, "stale");
        for simulated in [&fresh, &stale] {
            assert_eq!(send(&receiver, route, simulated).await.status, 401, "{route}");
        }
        let database = &receiver.database;
        database.until_count("refund_inbox.refused_deliveries", 2).await;

        let fates = repair(database, &right).await;
        assert_eq!(fates.len(), 2, "{route}");
        let recorded: Vec<_> = fates.iter().filter_map(outcome).collect();
        assert_eq!(recorded, [Outcome::Recorded], "{route}: {fates:?}");
        assert!(fates.contains(&Fate::Refused(Refusal::Stale)), "{route}: {fates:?}");

        let refund = database.row("select * from refunds_v1.refunds").await;
        assert_eq!(refund["merchant_refund_id"], "refund-fresh");
        assert_eq!(refund["status"], "succeeded");
        for column in ["first_received_at", "last_received_at"] {
            assert_eq!(refund[column], "2026-11-22T03:06:45+00:00", "{route} {column}");
        }
        let event = database.row("select received_at from refunds_v1.refund_events").await;
        assert_eq!(event["received_at"], "2026-11-22T03:06:45+00:00");
    }
}

#[tokio::test]
async fn hazard_11_what_our_wrong_key_did_not_open_is_recorded_once_the_key_is_right() {
    let key = SigningKey::generate().unwrap();
    let right = wechatpay(&key, V3_KEY);
    let wrong = wechatpay(&key, &V3_KEY.replace('0', "x"));
    let receiver = Setup::usual().await.with(&wrong).start();
    let sent = simulate(&right, Some(&key), NOW, "R1");
    assert_eq!(send(&receiver, "wechatpay/cn", &sent).await.status, 500);
    let database = &receiver.database;

    // As long as nothing is repaired, nothing comes of it.
    let before = everything(database).await;
    assert_eq!(repair(database, &wrong).await, [Fate::StillUnreadable]);
    assert_eq!(everything(database).await, before);

    let fates = repair(database, &right).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let refund = database.row("select * from refunds_v1.refunds").await;
    assert_eq!(refund["merchant_refund_id"], "refund-R1");
    let old = "select * from refunds_v1.deliveries where verdict = 'unreadable'";
    let old = database.row(old).await;
    assert_eq!((&old["reason"], &old["response_status"]), (&json!("undecryptable"), &json!(500)));
    let new = database.row("select * from refunds_v1.deliveries where verdict = 'recorded'").await;
    assert_eq!(new["replayed_from"], old["delivery_id"]);
    assert_eq!(new["received_at"], old["received_at"]);
    assert_eq!(new["body_sha256"], old["body_sha256"]);
    assert_eq!((&new["response_status"], &new["response_body"]), (&json!(0), &json!("")));
    let old_row = "select xmin::text from refund_inbox.deliveries where verdict = 'unreadable'";
    let written = before.iter().find(|row| row["table"] == "deliveries").unwrap();
    assert_eq!(database.row(old_row).await["xmin"], written["xmin"], "the old row is as it was");
}

#[tokio::test]
async fn hazard_11_what_yesterdays_code_did_not_read_is_recorded_by_todays() {
    let (store, database) = fresh().await;
    let id =
        keep_unreadable(&database, NOW, "invalid_amount:return_amount", &eftpay("R1", &[])).await;
    let told = run(&store, &accounts(ACCOUNTS), &KeptFilter::default(), Purpose::Repair).await;
    let [Replayed { kept, fate: Fate::Recorded(new) }] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(kept.delivery_id, id);
    assert_eq!(new.outcome, Outcome::Recorded);
    assert_eq!(new.refunds, [("R1".to_owned(), RefundStatus::Succeeded)]);
    assert_eq!(database.row("select * from refunds_v1.refunds").await["status"], "succeeded");

    // The provider's own repeat of it is a duplicate now.
    let receiver = Setup::on(database.url().to_owned()).start();
    assert!(receiver.post("eftpay/hk", &eftpay("R1", &[])).await.is_success());
    let newest = "select * from refunds_v1.deliveries where replayed_from is null
        order by delivery_id desc limit 1";
    assert_eq!(database.row(newest).await["verdict"], "duplicate");
}

#[tokio::test]
async fn hazard_07_a_success_that_was_refused_is_taken_at_any_age() {
    let (store, database) = fresh().await;
    let at = |time: &str| ("gmt_payment", json!(time));
    let failed = eftpay("R1", &[("trade_status", json!("TRADE_FAIL")), at("2019-01-01 00:00:00")]);
    let succeeded = eftpay("R1", &[at("2019-01-02 00:00:00")]);
    let years_ago = datetime!(2019-01-02 01:00:00 UTC);
    refuse(&store, ("eftpay", "hk"), years_ago, &succeeded).await;
    let receiver = Setup::on(database.url().to_owned()).start();
    assert!(receiver.post("eftpay/hk", &failed).await.is_success());

    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let refund = database.row("select * from refunds_v1.refunds").await;
    assert_eq!((&refund["status"], &refund["conflicting"]), (&json!("succeeded"), &json!(true)));
    assert_eq!(refund["first_received_at"], "2019-01-02T01:00:00+00:00");
    // There is no partition for that month, and none is needed.
    let place = "select relname as place from refund_inbox.deliveries as d
        join pg_class on pg_class.oid = d.tableoid where replayed_from is not null";
    assert_eq!(database.row(place).await["place"], "deliveries_default");
}

#[tokio::test]
async fn hazard_10_a_group_that_is_replayed_again_changes_nothing() {
    let (store, database) = fresh().await;
    let told = |refund: &str, word: &str| eftpay(refund, &[("trade_status", json!(word))]);
    let mut ids = Vec::new();
    for number in 0..70_i64 {
        let word = ["TRADE_PROCESSING", "TRADE_REFUND", "TRADE_FAIL"][(number % 3) as usize];
        let body = told(&format!("R{}", number % 30), word);
        ids.push(refuse(&store, ("eftpay", "hk"), NOW + Duration::seconds(number), &body).await);
    }
    let first = repair(&database, ACCOUNTS).await;
    assert_eq!(first.len(), 70);
    assert!(first.iter().all(|fate| outcome(fate).is_some()), "{first:?}");
    let after = everything(&database).await;
    for filter in
        [KeptFilter::default(), KeptFilter { delivery_ids: Some(ids), ..KeptFilter::default() }]
    {
        let again = run(&store, &accounts(ACCOUNTS), &filter, Purpose::Repair).await;
        assert!(again.is_empty(), "{again:?}");
        assert_eq!(everything(&database).await, after);
    }
    let counted = "select sum(delivery_count) as n from refunds_v1.refunds";
    assert_eq!(database.row(counted).await["n"], 70);
    let (amounts, events) = ("select distinct amount_minor from refunds_v1.refunds", 30);
    assert_eq!(database.row(amounts).await["amount_minor"], 8850);
    assert_eq!(database.count("refunds_v1.refund_events").await, events);
}

#[tokio::test]
async fn what_is_still_refused_or_unreadable_stays_as_it_is() {
    let (store, database) = fresh().await;
    let forged = eftpay("R1", &[]).replace("88.50", "88.51");
    refuse(&store, ("eftpay", "hk"), NOW, &forged).await;
    let unreadable = eftpay("R2", &[("return_amount", json!("a lot"))]);
    keep_unreadable(&database, NOW, "invalid_amount:return_amount", &unreadable).await;
    // Authentic then, by a key that is gone: what is kept for repair is not thrown away.
    keep_unreadable(&database, NOW, "invalid_time:time", &forged).await;
    let before = everything(&database).await;
    let mismatch = Fate::Refused(Refusal::SignatureMismatch);
    let mut fates = repair(&database, ACCOUNTS).await;
    fates.sort_by_key(|fate| *fate == Fate::StillUnreadable);
    assert_eq!(fates, [mismatch.clone(), mismatch, Fate::StillUnreadable]);
    assert_eq!(everything(&database).await, before);
}

#[tokio::test]
async fn what_turns_out_authentic_and_unreadable_leaves_the_pen_and_is_replayed_from_there() {
    let (store, database) = fresh().await;
    let unreadable = eftpay("R1", &[("return_amount", json!("a lot"))]);
    refuse(&store, ("eftpay", "hk"), NOW, &unreadable).await;
    for _ in 0..2 {
        let fates = repair(&database, ACCOUNTS).await;
        assert_eq!(fates.len(), 1, "{fates:?}");
    }
    let kept = database.row("select * from refund_inbox.deliveries").await;
    assert_eq!(kept["verdict"], "unreadable");
    assert_eq!(kept["reason"], "invalid_amount:return_amount");
    assert_eq!(kept["peer"], "192.0.2.7");

    // Tomorrow's code reads it: played by a body that today's does.
    let hex = HEXLOWER.encode(eftpay("R1", &[]).as_bytes());
    database.execute(&format!("update refund_inbox.deliveries set body = '\\x{hex}'")).await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let recorded = database.row("select * from refunds_v1.deliveries where verdict = 'recorded'");
    assert_eq!(recorded.await["replayed_from"], kept["delivery_id"]);
    assert_eq!(database.row("select * from refunds_v1.refunds").await["delivery_count"], 1);
}

#[tokio::test]
async fn what_the_database_still_refuses_is_kept_once_and_costs_its_siblings_nothing() {
    let (store, database) = fresh().await;
    database
        .execute("alter table refund_inbox.refund_events add check (merchant_refund_id <> 'R1')")
        .await;
    for refund in ["R0", "R1", "R2"] {
        refuse(&store, ("eftpay", "hk"), NOW, &eftpay(refund, &[])).await;
    }
    let fates = repair(&database, ACCOUNTS).await;
    let outcomes: Vec<_> = fates.iter().filter_map(outcome).collect();
    assert_eq!(outcomes, [Outcome::Recorded, Outcome::Unreadable, Outcome::Recorded]);
    let kept = "select * from refunds_v1.deliveries where verdict = 'unreadable'";
    assert_eq!(database.row(kept).await["reason"], "store_refused");

    let before = everything(&database).await;
    assert_eq!(repair(&database, ACCOUNTS).await, [Fate::StillUnreadable]);
    let rows = |rows: Vec<Map<String, Value>>| -> Vec<Map<String, Value>> {
        // A number of the feed that a failed transaction took means nothing.
        rows.into_iter().filter(|row| row.contains_key("table")).collect()
    };
    assert_eq!(rows(everything(&database).await), rows(before));

    database
        .execute("alter table refund_inbox.refund_events drop constraint refund_events_merchant_refund_id_check")
        .await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    assert_eq!(database.count("refunds_v1.refunds").await, 3);
}

#[tokio::test]
async fn a_rehearsal_foresees_the_repair_and_writes_nothing() {
    let (store, database) = fresh().await;
    let accounts = accounts(ACCOUNTS);
    let told = |refund: &str, word: &str| eftpay(refund, &[("trade_status", json!(word))]);
    for (second, body) in [
        told("R1", "TRADE_PROCESSING"),
        told("R1", "TRADE_REFUND"),
        told("R1", "TRADE_PROCESSING"),
        eftpay("R2", &[("trade_type", json!("SALE"))]),
        eftpay("R3", &[("return_amount", json!("a lot"))]),
        eftpay("R4", &[]).replace("88.50", "88.51"),
    ]
    .iter()
    .enumerate()
    {
        let at = NOW + Duration::seconds(second as i64);
        refuse(&store, ("eftpay", "hk"), at, body).await;
    }
    let before = everything(&database).await;
    let rehearsed = run(&store, &accounts, &KeptFilter::default(), Purpose::Rehearsal).await;
    assert_eq!(everything(&database).await, before);
    let outcomes: Vec<_> = rehearsed.iter().map(|replayed| outcome(&replayed.fate)).collect();
    assert_eq!(
        outcomes,
        [
            Some(Outcome::Recorded),
            Some(Outcome::Recorded),
            Some(Outcome::Duplicate),
            Some(Outcome::Ignored),
            Some(Outcome::Unreadable),
            None
        ]
    );

    let repaired = run(&store, &accounts, &KeptFilter::default(), Purpose::Repair).await;
    let without_number = |replayed: &Replayed| match replayed.fate.clone() {
        Fate::Recorded(mut new) => {
            new.delivery_id = None;
            Fate::Recorded(new)
        }
        fate => fate,
    };
    assert_eq!(
        repaired.iter().map(without_number).collect::<Vec<_>>(),
        rehearsed.iter().map(without_number).collect::<Vec<_>>()
    );
    // The feed has them in the order of receipt.
    let told = "select provider_status from refunds_v1.refund_events order by seq";
    let words: Vec<_> =
        database.rows(told).await.iter().map(|row| row["provider_status"].clone()).collect();
    assert_eq!(words, ["TRADE_PROCESSING", "TRADE_REFUND"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_who_replay_the_same_record_each_delivery_once() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    let held = database.hold_commits().await;
    let replay = || {
        let url = database.url().to_owned();
        tokio::spawn(async move {
            let all = KeptFilter::default();
            run(&postgres::store(&url), &accounts(ACCOUNTS), &all, Purpose::Repair).await
        })
    };
    let people = [replay(), replay()];
    // One waits for the held commit, the other for the one.
    let waiting = "pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()";
    eventually("both to be at it", async || database.count(waiting).await == 2).await;
    held.release().await;
    let mut told = Vec::new();
    for person in people {
        told.extend(person.await.unwrap());
    }
    let recorded =
        told.iter().filter(|replayed| outcome(&replayed.fate) == Some(Outcome::Recorded));
    let recorded: BTreeSet<Uuid> = recorded.map(|replayed| replayed.kept.delivery_id).collect();
    assert_eq!(recorded.len(), 100);
    let superseded = told.iter().filter(|replayed| replayed.fate == Fate::Superseded).count();
    assert_eq!(superseded + 100, told.len(), "{told:?}");
    assert!(superseded >= 64, "both had read the first page");
    for table in ["deliveries", "refund_events", "replays"] {
        assert_eq!(database.count(&format!("refund_inbox.{table}")).await, 100, "{table}");
    }
    let once = "refunds_v1.refunds where delivery_count = 1 and event_count = 1";
    assert_eq!(database.count(once).await, 100);
}

#[tokio::test]
async fn an_interrupted_replay_is_finished_by_the_next() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    // The second page is held up in the middle of its transaction.
    let mut holder = database.connect().await;
    sqlx::query("select pg_advisory_lock(7)").execute(&mut holder).await.unwrap();
    database
        .execute(
            "create function hold() returns trigger language plpgsql as $$
             begin
                 if (select count(*) from refund_inbox.replays) >= 70 then
                     perform pg_advisory_xact_lock(7);
                 end if;
                 return new;
             end $$;
             create trigger hold before insert on refund_inbox.replays
                 for each row execute function hold()",
        )
        .await;
    let url = database.url().to_owned();
    let interrupted = tokio::spawn(async move {
        let all = KeptFilter::default();
        run(&postgres::store(&url), &accounts(ACCOUNTS), &all, Purpose::Repair).await
    });
    database.until_a_commit_is_held().await;
    interrupted.abort();
    assert!(interrupted.await.is_err());
    drop(holder);
    let others = "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and wait_event_type = 'Lock'";
    database.until_count(others, 0).await;
    assert_eq!(database.count("refund_inbox.deliveries").await, 64, "pages are whole");

    let rest = repair(&database, ACCOUNTS).await;
    assert_eq!(rest.len(), 36);
    let once = "refunds_v1.refunds where delivery_count = 1 and event_count = 1";
    assert_eq!(database.count(once).await, 100);
    assert_eq!(database.count("refund_inbox.deliveries").await, 100);
}

#[tokio::test]
async fn a_database_that_takes_nothing_ends_the_run_and_nothing_is_told_as_done() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    let name = "select current_database() as name";
    let name = database.row(name).await["name"].as_str().unwrap().to_owned();
    database
        .execute(&format!("alter database {name} set default_transaction_read_only = on"))
        .await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.len(), 64, "the second page was not tried");
    assert!(fates.iter().all(|fate| matches!(fate, Fate::NotStored(_))), "{fates:?}");
    // A rehearsal needs no writes.
    let all = KeptFilter::default();
    let read_only = postgres::store(database.url());
    let rehearsed = run(&read_only, &accounts(ACCOUNTS), &all, Purpose::Rehearsal).await;
    assert_eq!(rehearsed.len(), 100);
}

#[tokio::test]
async fn filters_restrict_by_account_verdict_reason_time_and_number() {
    let (store, database) = fresh().await;
    let hour = |hours| NOW + Duration::hours(hours);
    let hk = refuse(&store, ("eftpay", "hk"), hour(0), &eftpay("R1", &[])).await;
    let ph = refuse(&store, ("paycools", "ph"), hour(1), &paycools("R2", &[])).await;
    let amount =
        keep_unreadable(&database, hour(2), "invalid_amount:return_amount", &eftpay("R3", &[]))
            .await;
    let opened = keep_unreadable(&database, hour(3), "undecryptable", &eftpay("R4", &[])).await;
    let accounts = accounts(ACCOUNTS);
    let text = |text: &str| Some(text.to_owned());
    let any = KeptFilter::default;
    let cases = [
        (any(), vec![hk, ph, amount, opened]),
        (KeptFilter { account: text("hk"), ..any() }, vec![hk, amount, opened]),
        (KeptFilter { account: text("nobody"), ..any() }, vec![]),
        (KeptFilter { verdict: Some(KeptVerdict::Refused), ..any() }, vec![hk, ph]),
        (KeptFilter { verdict: Some(KeptVerdict::Unreadable), ..any() }, vec![amount, opened]),
        (KeptFilter { reason: text("invalid_amount"), ..any() }, vec![amount]),
        (KeptFilter { reason: text("invalid_amount:return_amount"), ..any() }, vec![amount]),
        (KeptFilter { reason: text("undecryptable"), ..any() }, vec![opened]),
        (KeptFilter { reason: text("signature_mismatch"), ..any() }, vec![hk, ph]),
        (KeptFilter { since: Some(hour(1)), ..any() }, vec![ph, amount, opened]),
        (KeptFilter { until: Some(hour(2)), ..any() }, vec![hk, ph]),
        (KeptFilter { since: Some(hour(1)), until: Some(hour(2)), ..any() }, vec![ph]),
        (KeptFilter { delivery_ids: Some(vec![opened, hk]), ..any() }, vec![hk, opened]),
    ];
    for (filter, expected) in cases {
        let told = run(&store, &accounts, &filter, Purpose::Rehearsal).await;
        let told: Vec<Uuid> = told.iter().map(|replayed| replayed.kept.delivery_id).collect();
        assert_eq!(told, expected, "{filter:?}");
    }
    let recording = configuration("").recording;
    let replay = Replay {
        accounts: &accounts,
        store: &store,
        recording: &recording,
        began: hour(3),
        purpose: Purpose::Rehearsal,
    };
    let mut told = Vec::new();
    let tell = |replayed: Replayed| {
        told.push(replayed.kept.delivery_id);
        Ok::<(), StoreError>(())
    };
    replay.run(&any(), Some(2), tell).await.unwrap();
    assert_eq!(told, [hk, ph], "the oldest two");
    told.clear();
    let tell = |replayed: Replayed| {
        told.push(replayed.kept.delivery_id);
        Ok::<(), StoreError>(())
    };
    replay.run(&any(), None, tell).await.unwrap();
    assert_eq!(told, [hk, ph, amount], "what arrives after the beginning is not part of it");
}

#[tokio::test]
async fn accounts_that_are_gone_and_rows_that_are_damaged_cost_the_others_nothing() {
    let (store, database) = fresh().await;
    refuse(&store, ("eftpay", "closed-shop"), NOW, &eftpay("R1", &[])).await;
    // The name is there, but it is another provider's now.
    refuse(&store, ("eftpay", "ph"), NOW, &eftpay("R2", &[])).await;
    let damaged = refuse(&store, ("eftpay", "hk"), NOW, &eftpay("R3", &[])).await;
    let damage = format!(
        "update refund_inbox.refused_deliveries set headers = '{{}}' where delivery_id = '{damaged}'"
    );
    database.execute(&damage).await;
    refuse(&store, ("eftpay", "hk"), NOW, &eftpay("R4", &[])).await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates[..3], [Fate::NoSuchAccount, Fate::NoSuchAccount, Fate::Damaged]);
    assert_eq!(outcome(&fates[3]), Some(Outcome::Recorded));
    assert_eq!(database.row("select * from refunds_v1.refunds").await["merchant_refund_id"], "R4");
}

#[tokio::test]
async fn a_page_ends_when_its_bodies_fill_it() {
    let (store, database) = fresh().await;
    let wide = |refund: &str| eftpay(refund, &[("extra", json!("x".repeat(3 << 20)))]);
    for number in 0..5 {
        let at = NOW + Duration::seconds(number);
        refuse(&store, ("eftpay", "hk"), at, &wide(&format!("R{number}"))).await;
    }
    let page = store.kept(&KeptFilter::default(), Uuid::nil(), 64).await.unwrap();
    assert_eq!(page.len(), 3, "8 MiB and the body that fills them");
    assert_eq!(repair(&database, ACCOUNTS).await.len(), 5);
    assert_eq!(database.count("refunds_v1.refunds").await, 5);
}

/// Every fixture, refused by mistake, comes to what it comes to when it is received.
#[tokio::test]
async fn every_fixture_comes_to_the_same_when_it_is_replayed() {
    let (store, database) = fresh().await;
    let fixtures = fixture_file::all();
    let mut lines = String::new();
    for (index, fixture) in fixtures.iter().enumerate() {
        lines.push_str(&format!("[accounts.f{index:04}]\n{}\n", fixture.account_toml()));
        let mut headers = HeaderMap::new();
        for (name, value) in &fixture.request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let provider =
            refund_inbox::provider::registry::definition(&fixture.provider).unwrap().name;
        let (path, query) = fixture.path_and_query();
        let (account, path) = (format!("f{index:04}"), format!("{path}{query}"));
        let (at, body) = (fixture.received_at, fixture.body());
        refuse_whole(&store, (provider, &account), &headers, &path, at, &body).await;
    }
    let told = run(&store, &accounts(&lines), &KeptFilter::default(), Purpose::Repair).await;
    assert_eq!(told.len(), fixtures.len());
    for replayed in told {
        let index: usize = replayed.kept.account[1..].parse().unwrap();
        let (fixture, expected) = (&fixtures[index], &fixtures[index].expected);
        let (verdict, reason) = match &replayed.fate {
            Fate::Recorded(new) if new.outcome == Outcome::Undecryptable => {
                ("unreadable", new.reason.clone())
            }
            Fate::Recorded(new) => (new.outcome.as_str(), new.reason.clone()),
            Fate::Refused(refusal) => ("refused", Some(refusal.as_str().to_owned())),
            other => panic!("{}: {other:?}", fixture.full_name()),
        };
        assert_eq!(verdict, expected.verdict, "{}", fixture.full_name());
        assert_eq!(reason, expected.reason, "{}", fixture.full_name());
    }
    let events: usize = fixtures.iter().map(|fixture| fixture.expected.events.len()).sum();
    assert_eq!(database.count("refunds_v1.refund_events").await, i64::try_from(events).unwrap());
}

/// eftPay, if it told of several refunds in one body, as its number with `-1`, `-2` and `-3`.
#[derive(Debug)]
struct Bundling(Box<dyn Provider>);

impl Provider for Bundling {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        self.0.authenticate(delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match self.0.normalize(authentic)? {
            Notice::NotARefund => Ok(Notice::NotARefund),
            Notice::Refunds(event, _) => {
                let item = |number: u8| {
                    let mut item = event.clone();
                    item.merchant_refund_id = format!("{}-{number}", event.merchant_refund_id);
                    item.key = RefundKey::new(item.merchant_refund_id.clone());
                    item
                };
                Ok(Notice::Refunds(item(1), vec![item(2), item(3)]))
            }
        }
    }

    fn reply(&self, delivery: &Delivery<'_>, outcome: Outcome) -> Reply {
        self.0.reply(delivery, outcome)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        self.0.keys()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        self.0.simulate(order)
    }
}

fn bundling(accounts: Vec<ConfiguredAccount>) -> Vec<ConfiguredAccount> {
    let bundled = |account: ConfiguredAccount| {
        let ConfiguredAccount { name, provider, settings, reader } = account;
        ConfiguredAccount { name, provider, settings, reader: Box::new(Bundling(reader)) }
    };
    accounts.into_iter().map(bundled).collect()
}

/// No provider documents a body with several refunds; [`Notice`] and recording are made for one.
#[tokio::test]
async fn hazard_23_every_item_of_a_body_is_recorded_live_and_replayed() {
    let mut live = configuration(ACCOUNTS);
    live.accounts = bundling(live.accounts);
    let receiver = Setup::usual().await.start_with(live);
    let database = &receiver.database;
    assert!(receiver.post("eftpay/hk", &eftpay("live", &[])).await.is_success());
    let store = store_of(database);
    refuse(&store, ("eftpay", "hk"), NOW, &eftpay("kept", &[])).await;
    let accounts = Accounts::new(bundling(configuration(ACCOUNTS).accounts));
    let told = run(&store, &accounts, &KeptFilter::default(), Purpose::Repair).await;
    let [Replayed { fate: Fate::Recorded(new), .. }] = told.as_slice() else {
        panic!("{told:?}");
    };
    let numbers: Vec<&str> = new.refunds.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(numbers, ["kept-1", "kept-2", "kept-3"]);

    let refunds = "select merchant_refund_id, status, delivery_count from refunds_v1.refunds
        order by merchant_refund_id";
    let refunds = database.rows(refunds).await;
    let numbers: Vec<_> =
        refunds.iter().map(|refund| refund["merchant_refund_id"].clone()).collect();
    assert_eq!(numbers, ["kept-1", "kept-2", "kept-3", "live-1", "live-2", "live-3"]);
    assert!(refunds.iter().all(|refund| refund["delivery_count"] == 1), "{refunds:?}");
    for delivery in database
        .rows("select event_ids from refunds_v1.deliveries where verdict = 'recorded'")
        .await
    {
        assert_eq!(delivery["event_ids"].as_array().unwrap().len(), 3);
    }
    // A repeat of which one item is new is recorded, and the others are not doubled.
    let partly = receiver.post("eftpay/hk", &client::eftpay("live", &[])).await;
    assert!(partly.is_success());
    assert_eq!(database.count("refunds_v1.refund_events").await, 6);
}
