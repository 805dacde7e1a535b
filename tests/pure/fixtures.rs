//! Every fixture through the pure centre: verdict, event and answer, to the byte. The fixtures were
//! made by an independent implementation (`tests/fixtures/generate`).

use refund_providers::contract::{Outcome, judge};
use refund_providers::refund::RefundEvent;
use serde_json::{Map, Value, json};
use testing::found::{Found, found};

use crate::fixture_file::{self, Fixture};

fn judged(fixture: &Fixture) -> (Found, Outcome) {
    let account = fixture.configured();
    let (headers, body) = (fixture.headers(), fixture.body());
    let judgement = judge(&*account.provider, &fixture.delivery(&headers, &body));
    let outcome = judgement.outcome_if_new();
    (found(judgement), outcome)
}

/// The event in the fixture's form: what the contract does not show left out, the payload as text.
/// A fixture names the identity only if it is not the merchant's number.
fn shown(event: &RefundEvent, expected: Option<&Map<String, Value>>) -> Map<String, Value> {
    let Value::Object(mut shown) = serde_json::to_value(event).unwrap() else { panic!() };
    if expected.is_none_or(|expected| !expected.contains_key("refund_key")) {
        shown.remove("refund_key");
    }
    shown.remove("cumulative_within");
    shown.insert("payload".to_owned(), json!(event.payload.as_str()));
    shown
}

#[test]
fn every_fixture_has_its_verdict_event_and_answer() {
    let mut wrong = Vec::new();
    let fixtures = fixture_file::all();
    for fixture in &fixtures {
        let (found, outcome) = judged(fixture);
        let expected = &fixture.expected;
        let mut check = |what: &str, found: Value, expected: Value| {
            if found != expected {
                let name = fixture.full_name();
                wrong.push(format!("{name}: {what}\n  expected {expected}\n  found    {found}"));
            }
        };
        check("verdict", json!(found.verdict), json!(expected.verdict));
        check("reason", json!(found.reason), json!(expected.reason));
        check("key_id", json!(found.key_id), json!(expected.key_id));
        check("signature_form", json!(found.signature_form), json!(expected.signature_form));
        let events = found.events.iter().enumerate();
        let events: Vec<_> =
            events.map(|(index, event)| shown(event, expected.events.get(index))).collect();
        check("events", json!(events), json!(expected.events));

        let account = fixture.configured();
        let (headers, body) = (fixture.headers(), fixture.body());
        let reply = account.provider.reply(&fixture.delivery(&headers, &body), outcome.answer());
        check("status", json!(reply.status), json!(expected.reply.status));
        check("content type", json!(reply.content_type), json!(expected.reply.content_type));
        check("answer", json!(reply.body), json!(expected.reply.body));
    }
    assert!(fixtures.len() > 300, "only {} fixtures were found", fixtures.len());
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_redelivery_has_the_same_event_and_other_fixtures_of_its_refund_do_not() {
    let mut checked = 0;
    for fixture in fixture_file::all() {
        let Some(original) = &fixture.redelivery_of else { continue };
        let original = fixture_file::one(&fixture.provider, original);
        let digests = |(found, _): (Found, Outcome)| -> Vec<_> {
            found.events.iter().map(|event| (event.key.clone(), event.digest())).collect()
        };
        let (again, first) = (digests(judged(fixture)), digests(judged(original)));
        assert_eq!(again, first, "{}", fixture.full_name());
        assert!(!first.is_empty(), "{}", fixture.full_name());
        checked += 1;
    }
    assert!(checked >= 3, "only {checked} redeliveries were found");
    let digest = |name| judged(fixture_file::one("eftpay", name)).0.events[0].digest();
    assert_ne!(digest("succeeded_full"), digest("failed"));
}
