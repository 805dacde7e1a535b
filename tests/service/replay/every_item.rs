//! A replay has the same result as a live delivery, for every fixture and for every item of a body.

use super::readers::{bundled, read_by};
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
            Fate::Refused(refusal) => ("refused", Some(refusal.as_str().to_owned())),
            other => panic!("{}: {other:?}", fixture.full_name()),
        };
        assert_eq!(verdict, expected.verdict, "{}", fixture.full_name());
        assert_eq!(reason, expected.reason, "{}", fixture.full_name());
    }
    let events: usize = fixtures.iter().map(|fixture| fixture.expected.events.len()).sum();
    assert_eq!(database.count("refunds_v1.refund_events").await, i64::try_from(events).unwrap());
}

/// No provider documents a body with several refunds, but [`Notice`] and recording support it.
#[tokio::test]
async fn hazard_23_every_item_of_a_body_is_recorded_live_and_replayed() {
    let mut live = configuration(ACCOUNTS);
    live.accounts = read_by(live.accounts, bundled);
    let receiver = Setup::usual().await.start_with(live);
    let database = &receiver.database;
    assert!(receiver.post("eftpay/hk", &eftpay("live", &[])).await.is_success());
    let store = store_of(database);
    refuse(&store, ("eftpay", "hk"), NOW, &eftpay("kept", &[])).await;
    let accounts = Accounts::new(read_by(configuration(ACCOUNTS).accounts, bundled));
    let results = run(&store, &accounts, &KeptFilter::default(), Mode::Apply).await;
    let [Replayed { fate: Fate::Recorded(new), .. }] = results.as_slice() else {
        panic!("{results:?}");
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
    // A repeat in which one item is new is recorded, and the other items are not doubled.
    let partly = receiver.post("eftpay/hk", &notifications::eftpay("live", &[])).await;
    assert!(partly.is_success());
    assert_eq!(database.count("refunds_v1.refund_events").await, 6);
}
