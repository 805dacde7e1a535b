//! Sends every fixture to a real receiver on a real Postgres. Checks the answer to the byte, the
//! stored delivery with its verdict and answer, and the event as another service reads it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use refund_inbox::clock::Clock;
use serde_json::{Value, json};
use tokio::task::{JoinSet, LocalSet};

use crate::client::post;
use crate::fixture_file::{self, Fixture};
use crate::postgres;
use crate::receiver::{Receiver, Setup};

/// How many fixtures are sent at once: fewer than may wait for the quarantine.
const AT_ONCE: usize = 100;

#[tokio::test]
async fn every_fixture_is_answered_kept_and_readable_over_sql() {
    let mut by_time: BTreeMap<_, Vec<&Fixture>> = BTreeMap::new();
    for fixture in fixture_file::all() {
        by_time.entry(fixture.received_at).or_default().push(fixture);
    }
    for (received_at, fixtures) in by_time {
        let url = postgres::shared().database().await;
        let accounts = fixtures.iter().enumerate().map(|(index, fixture)| {
            format!("[accounts.f{index}]\n{}{}\n", fixture.account_toml(), called_path(fixture))
        });
        let setup =
            Setup { url, configuration: accounts.collect(), clock: Clock::fixed(received_at) };
        let receiver = Arc::new(setup.start());
        let mut wrong = Vec::new();
        let mut fixtures = fixtures.into_iter().enumerate().peekable();
        while fixtures.peek().is_some() {
            let (local, mut checks) = (LocalSet::new(), JoinSet::new());
            let entered = local.enter();
            for (index, fixture) in fixtures.by_ref().take(AT_ONCE) {
                let receiver = Arc::clone(&receiver);
                let account = format!("f{index}");
                checks.spawn_local(async move { check(&receiver, &account, fixture).await });
            }
            drop(entered);
            wrong.extend(local.run_until(checks.join_all()).await.into_iter().flatten());
        }
        assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Returns the path that the provider signs. Antom signs its path, and here each fixture has its
/// own route.
pub(super) fn called_path(fixture: &Fixture) -> String {
    if fixture.provider != "antom" || fixture.account.contains_key("external_path") {
        return String::new();
    }
    format!("external_path = {}\n", json!(fixture.path_and_query().0))
}

async fn check(receiver: &Receiver, account: &str, fixture: &Fixture) -> Vec<String> {
    let wrong = RefCell::new(Vec::new());
    let name = fixture.full_name();
    let check = |what: &str, found: &Value, expected: &Value| {
        if found != expected {
            let difference = format!("expected {expected}\n  found    {found}");
            wrong.borrow_mut().push(format!("{name}: {what}\n  {difference}"));
        }
    };
    let headers: Vec<(&str, &str)> = fixture
        .request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let query = fixture.path_and_query().1;
    let url = receiver.url(&format!("{}/{account}{query}", fixture.provider));
    let expected = &fixture.expected;
    let answer = post(&url, &headers, fixture.body()).await;
    check("status", &json!(answer.status), &json!(expected.reply.status));
    check("content type", &json!(answer.content_type), &json!(expected.reply.content_type));
    check("answer", &json!(answer.body), &json!(expected.reply.body));

    let deliveries = format!("refunds_v1.deliveries where account = '{account}'");
    // A request that is not answered as a delivery is not stored as one.
    if expected.verdict == "refused" && answer.status == expected.reply.status {
        receiver.database.until_count(&deliveries, 1).await;
    }
    let kept = receiver.database.rows(&format!("select * from {deliveries}")).await;
    let Some(delivery) = kept.first() else {
        wrong.borrow_mut().push(format!("{name}: answered {} and not stored", answer.status));
        return wrong.into_inner();
    };
    check("verdict", &delivery["verdict"], &json!(expected.verdict));
    check("reason", &delivery["reason"], &json!(expected.reason));
    check("key", &delivery["key_id"], &json!(expected.key_id));
    check("kept answer", &delivery["response_body"], &json!(expected.reply.body));
    check("kept status", &delivery["response_status"], &json!(expected.reply.status));
    check("body size", &delivery["body_bytes"], &json!(fixture.body().len()));

    let query =
        format!("select * from refunds_v1.refund_events where account = '{account}' order by seq");
    let events = receiver.database.rows(&query).await;
    check("events", &json!(events.len()), &json!(expected.events.len()));
    for (event, expected) in events.iter().zip(&expected.events) {
        for (column, value) in expected {
            match column.as_str() {
                // The contract does not have these columns.
                "amount_literal" | "kind_rank" | "refund_key" | "unread_facts" => {}
                "payload" => {
                    let text = value.as_str().unwrap();
                    let expected: Value = serde_json::from_str(text).unwrap();
                    check("payload", &floatless(&event["payload"]), &floatless(&expected));
                }
                time if time.ends_with("_at") => {
                    let found = event[time].as_str().unwrap().replace("+00:00", "Z");
                    check(time, &json!(found), value);
                }
                // A field that gives several facts has one name.
                "unread_fields" => {
                    let names: BTreeSet<_> =
                        value.as_array().unwrap().iter().map(Value::as_str).collect();
                    check("unread fields", &event["unread_fields"], &json!(names));
                }
                column => check(column, &event[column], value),
            }
        }
    }
    wrong.into_inner()
}

/// Returns the value in a form in which numbers compare by value. The pure tests compare their
/// literals.
fn floatless(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.clone(), floatless(value))).collect()
        }
        Value::Array(items) => items.iter().map(floatless).collect(),
        other => other.clone(),
    }
}
