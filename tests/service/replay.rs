//! Stored deliveries are judged again: with today's keys, as of their receipt, once, and in the
//! same way as live ones. `replay_command.rs` tests the output of the command.

mod as_listed;
mod choosing;
mod earlier;
mod every_item;
mod judging;
mod merchants;
mod once;
mod partly_read;
mod readers;
mod some_items;

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::account::Accounts;
use refund_inbox::id::{new_id, new_salt};
use refund_inbox::replay::{Fate, Mode, Replay, Replayed};
use refund_inbox::store::{
    KeptFilter, QuarantineLimits, QuarantineReason, ReceivedDelivery, RefusedRecord, Store,
    StoreError,
};
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder, Subject};
use refund_providers::contract::{Delivery, Notice, Outcome, Refusal, Reply};
use refund_providers::crypto::SigningKey;
use refund_providers::refund::RefundStatus;
use serde_json::{Map, Value, json};
use testing::client::{Answer, post};
use testing::database::Database;
use testing::fixtures;
use testing::notifications::{eftpay, paycools};
use testing::postgres::{self, store_of};
use testing::receiver::{ACCOUNTS, NOW, Receiver, Setup, configuration};
use testing::waiting::eventually;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The time of these replays: no provider's window reaches from here back to [`NOW`].
const MUCH_LATER: OffsetDateTime = datetime!(2035-02-03 04:05:06 UTC);

/// Judges the deliveries of the filter again, with these accounts.
async fn run(store: &Store, accounts: &Accounts, filter: &KeptFilter, mode: Mode) -> Vec<Replayed> {
    let recording = configuration("[recording]\ndeadline_ms = 60000").recording;
    let replay = Replay { accounts, store, recording: &recording, began: MUCH_LATER, mode };
    let mut results = Vec::new();
    let report = |replayed| {
        results.push(replayed);
        Ok::<(), StoreError>(())
    };
    replay.run(filter, None, report).await.unwrap();
    results
}

fn accounts(lines: &str) -> Accounts {
    Accounts::new(configuration(lines).accounts)
}

/// Repairs everything that waits for repair.
async fn repair(database: &Database, lines: &str) -> Vec<Fate> {
    let all = KeptFilter::default();
    let results = run(&store_of(database), &accounts(lines), &all, Mode::Apply).await;
    results.into_iter().map(|replayed| replayed.fate).collect()
}

/// Returns the outcome of a delivery that was recorded again.
fn outcome(fate: &Fate) -> Option<Outcome> {
    match fate {
        Fate::Recorded(new) => Some(new.outcome),
        _ => None,
    }
}

/// Returns every row of every table with the transaction that wrote it, and the feed's last number.
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

/// Stores a request in quarantine, as if refused by mistake.
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
    let delivery = Delivery { path_and_query, headers, redacted: &[], body, received_at };
    let id = new_id(received_at);
    let client_address = Some("192.0.2.7".to_owned());
    let refused = RefusedRecord {
        received: ReceivedDelivery::new(
            id,
            provider,
            account,
            client_address,
            &delivery,
            new_salt(),
        ),
        reason: QuarantineReason::Refused(Refusal::SignatureMismatch),
        reply: Reply { status: 401, content_type: "text/plain", body: "no".to_owned() },
    };
    let limits = QuarantineLimits { deliveries: 1_000_000, bytes: 1_000_000_000 };
    assert!(store.quarantine(&[refused], limits).await.unwrap().is_empty());
    id
}

/// Stores an authentic request among the deliveries, as if it could not be read.
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

/// Sends a provider's notification to a live receiver.
async fn send(receiver: &Receiver, route: &str, simulated: &Simulated) -> Answer {
    let headers: Vec<(&str, &str)> =
        simulated.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(&receiver.url(route), &headers, simulated.body.clone()).await
}

/// Returns a notification of the provider of the account `[accounts.cn]` in these lines.
fn simulate(lines: &str, key: Option<&SigningKey>, now: OffsetDateTime, serial: &str) -> Simulated {
    let accounts = configuration(lines).accounts;
    let order = SimulationOrder {
        scenario: Scenario::Succeeded,
        now,
        serial,
        subject: Subject::default(),
        path: "/notify",
        signing_key: key,
    };
    accounts.first().unwrap().provider.simulate(&order).unwrap()
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
