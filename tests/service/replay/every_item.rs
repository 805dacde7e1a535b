//! A replay has the same result as a live delivery, for every fixture and for every item of a body.

use refund_inbox::clock::Clock;
use testing::fixtures::Fixture;

use super::*;

/// Stores every fixture as if refused by mistake. A replay must have the result of a live delivery.
#[tokio::test]
async fn every_fixture_has_the_same_result_when_it_is_replayed() {
    let (store, database) = fresh().await;
    let fixtures = fixtures::all();
    let mut lines = String::new();
    for (index, fixture) in fixtures.iter().enumerate() {
        lines.push_str(&format!("[accounts.f{index:04}]\n{}\n", fixture.account_toml()));
        let mut headers = HeaderMap::new();
        for (name, value) in &fixture.request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let provider =
            refund_providers::provider::registry::definition(&fixture.provider).unwrap().name;
        let (path, query) = fixture.path_and_query();
        let (account, path) = (format!("f{index:04}"), format!("{path}{query}"));
        let (at, body) = (fixture.received_at, fixture.body());
        refuse_whole(&store, (provider, &account), &headers, &path, at, &body).await;
    }
    let results = run(&store, &accounts(&lines), &KeptFilter::default(), Mode::Apply).await;
    assert_eq!(results.len(), fixtures.len());
    for replayed in results {
        let index: usize = replayed.kept.account[1..].parse().unwrap();
        let (fixture, expected) = (&fixtures[index], &fixtures[index].expected);
        let (verdict, reason) = match &replayed.fate {
            Fate::Recorded(new) if new.outcome == Outcome::Undecryptable => {
                ("unreadable", new.reason.clone())
            }
            Fate::Recorded(new) => (new.outcome.as_str(), new.reason.clone()),
            Fate::Refused(refusal) => ("refused", Some(refusal.to_string())),
            other => panic!("{}: {other:?}", fixture.full_name()),
        };
        assert_eq!(verdict, expected.verdict, "{}", fixture.full_name());
        assert_eq!(reason, expected.reason, "{}", fixture.full_name());
    }
    let events: usize = fixtures.iter().map(|fixture| fixture.expected.events.len()).sum();
    assert_eq!(database.count("refunds_v1.refund_events").await, i64::try_from(events).unwrap());
}

/// The fixtures of bodies with several refunds, such as PayMongo's payments and Stripe's charges.
fn bodies_with_several() -> Vec<&'static Fixture> {
    let is_of_several = |fixture: &&Fixture| {
        let events = fixture.expected.events.iter();
        let numbers: BTreeSet<_> =
            events.map(|event| event["merchant_refund_id"].as_str().unwrap()).collect();
        numbers.len() > 1 && numbers.len() == fixture.expected.events.len()
    };
    fixtures::all().into_iter().filter(is_of_several).collect()
}

async fn post_to(receiver: &Receiver, account: &str, fixture: &Fixture) -> Answer {
    let headers: Vec<(&str, &str)> =
        fixture.request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    post(&receiver.url(&format!("{}/{account}", fixture.provider)), &headers, fixture.body()).await
}

/// The receiver at the time of the fixture, with the fixture's account under two names.
async fn receiver_of(fixture: &Fixture) -> (Receiver, String) {
    let account = fixture.account_toml();
    let lines = format!("[accounts.live]\n{account}\n[accounts.kept]\n{account}\n");
    let url = postgres::shared().database().await;
    let clock = Clock::fixed(fixture.received_at);
    (Setup { url, configuration: lines.clone(), clock }.start(), lines)
}

async fn refunds_of(database: &Database, account: &str) -> Vec<(Value, Value, Value)> {
    let rows = format!(
        "select merchant_refund_id, status, delivery_count from refunds_v1.refunds
         where account = '{account}' order by merchant_refund_id"
    );
    let column = |row: &Map<String, Value>, name: &str| row[name].clone();
    let rows = database.rows(&rows).await;
    let names = ["merchant_refund_id", "status", "delivery_count"];
    rows.iter().map(|row| names.map(|name| column(row, name)).into()).collect()
}

#[tokio::test]
async fn hazard_23_every_item_of_a_body_is_recorded_live_and_replayed() {
    let fixtures = bodies_with_several();
    let providers: BTreeSet<&str> = fixtures.iter().map(|it| it.provider.as_str()).collect();
    assert!(providers.contains("paymongo") && providers.contains("stripe"), "{providers:?}");
    for fixture in fixtures {
        let name = fixture.full_name();
        let (receiver, lines) = receiver_of(fixture).await;
        let database = &receiver.database;
        let answer = post_to(&receiver, "live", fixture).await;
        assert_eq!(answer.body, fixture.expected.reply.body, "{name}: one answer for all");

        let (headers, (path, _)) = (fixture.headers(), fixture.path_and_query());
        let provider =
            refund_providers::provider::registry::definition(&fixture.provider).unwrap().name;
        let (at, body) = (fixture.received_at, fixture.body());
        refuse_whole(&store_of(database), (provider, "kept"), &headers, path, at, &body).await;
        let fates = repair(database, &lines).await;
        let words: Vec<_> = fates.iter().filter_map(outcome).map(Outcome::as_str).collect();
        // One of the items cannot be read if the delivery is unreadable.
        assert_eq!(words, [&*fixture.expected.verdict], "{name}");

        let column = |event: &Map<String, Value>, name: &str| event[name].clone();
        let mut expected: Vec<_> = fixture
            .expected
            .events
            .iter()
            .map(|event| (column(event, "merchant_refund_id"), column(event, "status"), json!(1)))
            .collect();
        expected.sort_by_key(|(number, ..)| number.to_string());
        for account in ["live", "kept"] {
            assert_eq!(refunds_of(database, account).await, expected, "{name}: {account}");
        }
        let recorded =
            "select event_ids from refunds_v1.deliveries where cardinality(event_ids) > 0";
        let recorded = database.rows(recorded).await;
        assert_eq!(recorded.len(), 2, "{name}: one delivery each");
        for delivery in recorded {
            assert_eq!(delivery["event_ids"].as_array().unwrap().len(), expected.len(), "{name}");
        }
        receiver.stop().await;
    }
}

/// PayMongo tells of the earlier refunds of a payment again with each new one.
#[tokio::test]
async fn hazard_23_a_repeat_with_one_new_item_records_it_and_doubles_no_other() {
    let earlier = fixtures::one("paymongo", "payment_two_refunds");
    let later = fixtures::one("paymongo", "payment_three_refunds");
    let (receiver, _) = receiver_of(earlier).await;
    for (fixture, events) in [(earlier, 2), (later, 3), (later, 3), (earlier, 3)] {
        assert!(post_to(&receiver, "live", fixture).await.is_success());
        assert_eq!(receiver.database.count("refunds_v1.refund_events").await, events);
    }
    let refunds = refunds_of(&receiver.database, "live").await;
    let numbers: Vec<_> = refunds.iter().map(|(number, ..)| number.as_str().unwrap()).collect();
    assert_eq!(numbers, ["ref_2", "ref_3", "ref_NPV4sYPPQA1h1UnoFnkiAnJH"]);
    receiver.stop().await;
}
