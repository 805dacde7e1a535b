//! A backup that is made after the erasure holds no text of a body, except what the contract's columns
//! carry.

use std::collections::{BTreeMap, BTreeSet};

use refund_inbox::clock::Clock;
use serde_json::Value;
use testing::fixtures::{Fixture, all};
use testing::receiver::Setup;
use testing::{client::post, database::Database, dump, postgres};
use time::Duration;

use super::{erase, refunds};
use crate::fixtures::called_path;

/// The columns that stay. None is a free text, and all are needed for money or for evidence. Retention
/// leaves the client address, which an erasure takes away.
const STAYS: [&str; 4] = [
    "select to_jsonb(one) - '{payload,refund_after}'::text[] from refund_inbox.refund_events as one",
    "select to_jsonb(one) from refund_inbox.refunds as one",
    "select to_jsonb(one) - '{body,headers}'::text[] from refund_inbox.deliveries as one",
    "select to_jsonb(one) - '{body,headers}'::text[] from refund_inbox.refused_deliveries as one",
];

/// Returns the words of a text that are long enough to mean somebody or something.
fn words(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || "@.*+".contains(c);
    let words = text.split(|c: char| !is_part(c));
    words.filter(|word| word.chars().count() >= 6).map(str::to_owned).collect()
}

/// Returns the words of a body and of its content where it is encrypted.
fn words_of(fixture: &Fixture) -> BTreeSet<String> {
    let mut all = words(&String::from_utf8_lossy(&fixture.body()));
    for event in &fixture.expected.events {
        event.values().filter_map(Value::as_str).for_each(|text| all.extend(words(text)));
    }
    all
}

/// Returns the words that the dump of a database has, apart from those of the columns that stay.
async fn left(database: &Database, wanted: &BTreeSet<String>) -> Vec<String> {
    let mut kept = String::new();
    for query in STAYS {
        for row in database.rows(&format!("select row::text from ({query}) as rows (row)")).await {
            kept.push_str(row["row"].as_str().unwrap());
            kept.push('\n');
        }
    }
    let kept = words(&kept);
    let dumped = words(&dump::rows(database.url()));
    wanted.iter().filter(|word| dumped.contains(*word) && !kept.contains(*word)).cloned().collect()
}

#[tokio::test]
async fn a_dump_after_erasure_and_retention_holds_no_text_of_the_fixtures() {
    let mut by_time: BTreeMap<_, Vec<&Fixture>> = BTreeMap::new();
    for fixture in all() {
        by_time.entry(fixture.received_at).or_default().push(fixture);
    }
    let (mut before, mut after) = (BTreeSet::new(), Vec::new());
    for (received_at, fixtures) in by_time {
        let url = postgres::shared().database().await;
        let accounts = fixtures.iter().enumerate().map(|(index, fixture)| {
            format!("[accounts.f{index}]\n{}{}\n", fixture.account_toml(), called_path(fixture))
        });
        let setup = Setup {
            url: url.clone(),
            configuration: accounts.collect(),
            clock: Clock::fixed(received_at),
        };
        let receiver = setup.start();
        let mut wanted = BTreeSet::new();
        for (index, fixture) in fixtures.iter().enumerate() {
            let headers: Vec<(&str, &str)> =
                fixture.request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            let query = fixture.path_and_query().1;
            let route = receiver.url(&format!("{}/f{index}{query}", fixture.provider));
            post(&route, &headers, fixture.body()).await;
            wanted.extend(words_of(fixture));
        }
        receiver.stop().await;
        let (store, database) = (postgres::store(&url), Database::new(&url));
        before.extend(left(&database, &wanted).await);
        for refund_id in refunds(&database).await {
            erase(&store, refund_id).await;
        }
        // What waits keeps its body, so a person has looked at all of it.
        for looked in [
            "update refund_inbox.refunds set resolved_seq = last_seq",
            "insert into refund_inbox.dismissals
                 select delivery_id, now(), '', '', '' from refund_inbox.deliveries",
        ] {
            database.execute(looked).await;
        }
        let (late, many) = (received_at + Duration::days(1), 5000);
        store.empty_deliveries(late, late, many).await.unwrap();
        after.extend(left(&database, &wanted).await);
    }
    assert!(before.len() > 1000, "only {} words were there before", before.len());
    assert!(after.is_empty(), "{after:?}");
}
