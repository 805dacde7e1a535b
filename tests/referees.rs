//! Judges the notifications that public SDKs signed and encrypted (`tests/referees/made`).

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use refund_providers::contract::{Judgement, Meaning, judge};
use serde_json::{Map, Value, json};
use testing::fixtures::Fixture;

/// Returns the notifications that the SDKs made, sorted by name.
fn made() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referees/made");
    let paths: BTreeSet<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let read = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let mut fixture: Fixture = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fixture.account["provider"].as_str().unwrap().clone_into(&mut fixture.provider);
        path.file_stem().unwrap().to_str().unwrap().clone_into(&mut fixture.name);
        fixture.file = format!("tests/referees/made/{}.json", fixture.name);
        fixture
    };
    paths.iter().map(|path| read(path)).collect()
}

/// Returns the verdict, the reason, the key, the form of the signature, and the events.
fn found(judgement: Judgement) -> (Map<String, Value>, Vec<Value>) {
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
    let members = json!({
        "verdict": verdict,
        "reason": reason,
        "key_id": proof.as_ref().map(|proof| proof.key_id().to_string()),
        "signature_form": proof.map(|proof| proof.form().as_str().to_owned()),
    });
    let Value::Object(members) = members else { panic!() };
    (members, events.iter().map(|event| serde_json::to_value(event).unwrap()).collect())
}

#[test]
fn notifications_of_the_sdks_are_judged_as_the_sdks_meant_them() {
    let mut wrong = Vec::new();
    let fixtures = made();
    for fixture in &fixtures {
        let account = fixture.configured();
        let (headers, body) = (fixture.headers(), fixture.body());
        let delivery = fixture.delivery(&headers, &body);
        let judgement = judge(&*account.provider, &delivery);
        let reply = account.provider.reply(&delivery, judgement.outcome_if_new().answer());
        let (found, events) = found(judgement);
        let expected = &fixture.expected;

        let mut check = |what: &str, found: &Value, expected: &Value| {
            if found != expected {
                let name = fixture.full_name();
                wrong.push(format!("{name}: {what}\n  expected {expected}\n  found    {found}"));
            }
        };
        check("verdict", &found["verdict"], &json!(expected.verdict));
        check("reason", &found["reason"], &json!(expected.reason));
        check("key_id", &found["key_id"], &json!(expected.key_id));
        check("signature_form", &found["signature_form"], &json!(expected.signature_form));
        check("number of events", &json!(events.len()), &json!(expected.events.len()));
        for (found, expected) in events.iter().zip(&expected.events) {
            assert!(
                !expected.is_empty(),
                "{}: no member of the events is expected",
                fixture.full_name()
            );
            for (member, value) in expected {
                check(member, &found[member], value);
            }
        }
        check("status", &json!(reply.status), &json!(expected.reply.status));
        check("content type", &json!(reply.content_type), &json!(expected.reply.content_type));
        check("answer", &json!(reply.body), &json!(expected.reply.body));
    }
    assert!(fixtures.len() > 20, "only {} notifications were found", fixtures.len());
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
