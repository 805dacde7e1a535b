//! Judges every fixture without a database, and compares verdict, event and answer to the byte. An
//! independent implementation made the fixtures (`tests/fixtures/generate`).

use refund_providers::contract::{Judgement, Meaning, Outcome, judge};
use refund_providers::refund::RefundEvent;
use serde_json::{Map, Value, json};

use crate::fixture_file::{self, Fixture};

/// The result for a fixture, in the fixture's own form.
struct Found {
    verdict: &'static str,
    reason: Option<String>,
    key_id: Option<String>,
    signature_form: Option<String>,
    events: Vec<RefundEvent>,
    outcome: Outcome,
}

fn judged(fixture: &Fixture) -> Found {
    let account = fixture.configured();
    let (headers, body) = (fixture.headers(), fixture.body());
    let judgement = judge(&*account.provider, &fixture.delivery(&headers, &body));
    let outcome = judgement.outcome_if_new();
    let (verdict, reason, proof, events) = match judgement {
        Judgement::Authentic(proof, Meaning::Refunds(events)) => {
            ("recorded", None, Some(proof), events)
        }
        Judgement::Authentic(proof, Meaning::NotARefund(why)) => {
            ("ignored", Some(why.as_str().to_owned()), Some(proof), Vec::new())
        }
        Judgement::Authentic(proof, Meaning::Unreadable(why)) => {
            ("unreadable", Some(why.to_string()), Some(proof), Vec::new())
        }
        Judgement::Authentic(proof, Meaning::Undecryptable) => {
            ("unreadable", Some("undecryptable".to_owned()), Some(proof), Vec::new())
        }
        Judgement::Refused(refusal) => {
            ("refused", Some(refusal.as_str().to_owned()), None, Vec::new())
        }
    };
    Found {
        verdict,
        reason,
        key_id: proof.as_ref().map(|proof| proof.key_id().to_string()),
        signature_form: proof.map(|proof| proof.form().as_str().to_owned()),
        events,
        outcome,
    }
}

/// Returns the event in the fixture's form: without what the contract does not show, and with the
/// payload as text.
/// A fixture names the identity only if it is not the merchant's id.
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
        let found = judged(fixture);
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
        let reply =
            account.provider.reply(&fixture.delivery(&headers, &body), found.outcome.answer());
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
        let digests = |found: Found| -> Vec<_> {
            found.events.iter().map(|event| (event.key.clone(), event.digest())).collect()
        };
        let (again, first) = (digests(judged(fixture)), digests(judged(original)));
        assert_eq!(again, first, "{}", fixture.full_name());
        assert!(!first.is_empty(), "{}", fixture.full_name());
        checked += 1;
    }
    assert!(checked >= 3, "only {checked} redeliveries were found");
    let digest = |name| judged(fixture_file::one("eftpay", name)).events[0].digest();
    assert_ne!(digest("succeeded_full"), digest("failed"));
}
