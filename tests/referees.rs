//! What public SDKs signed and encrypted (`tests/referees/made`), through the pure centre.

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

use refund_providers::contract::judge;
use serde_json::{Value, json};
use testing::fixtures::Fixture;
use testing::found::found;

/// The notifications in a folder, in the order of their names.
fn notifications(folder: &Path) -> Vec<Fixture> {
    let paths: BTreeSet<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let read = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let mut fixture: Fixture = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fixture.account["provider"].as_str().unwrap().clone_into(&mut fixture.provider);
        path.file_stem().unwrap().to_str().unwrap().clone_into(&mut fixture.name);
        fixture.file = path.display().to_string();
        fixture
    };
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn notifications_of_the_sdks_are_judged_as_the_sdks_meant_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referees/made");
    let fixtures = notifications(&folder);
    assert!(fixtures.len() > 20, "only {} notifications were found", fixtures.len());
    check_all(&fixtures);
}

/// Deliveries that a provider really sent, for the scripts `tests/referees/genuine` and
/// `genuine-unionpay`. Their text is not ours to copy.
#[test]
#[ignore = "needs deliveries that the repository may not hold: tests/referees/genuine FOLDER"]
fn genuine_deliveries_are_judged_as_their_files_say() {
    let folder = std::env::var_os("GENUINE_DELIVERIES").expect("GENUINE_DELIVERIES names a folder");
    let fixtures = notifications(Path::new(&folder));
    assert!(!fixtures.is_empty(), "the folder is empty");
    check_all(&fixtures);
    for fixture in &fixtures {
        println!("ok {}: {}", fixture.name, fixture.expected.verdict);
    }
}

/// Judges the notifications, and compares the results with what their files expect.
fn check_all(fixtures: &[Fixture]) {
    let mut wrong = Vec::new();
    for fixture in fixtures {
        let account = fixture.configured();
        let (headers, body) = (fixture.headers(), fixture.body());
        let delivery = fixture.delivery(&headers, &body);
        let judgement = judge(&*account.provider, &delivery);
        let reply = account.provider.reply(&delivery, judgement.outcome_if_new().answer());
        let found = found(judgement);
        let events: Vec<Value> =
            found.events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        let expected = &fixture.expected;

        let mut check = |what: &str, found: &Value, expected: &Value| {
            if found != expected {
                let name = fixture.full_name();
                wrong.push(format!("{name}: {what}\n  expected {expected}\n  found    {found}"));
            }
        };
        check("verdict", &json!(found.verdict), &json!(expected.verdict));
        check("reason", &json!(found.reason), &json!(expected.reason));
        check("key_id", &json!(found.key_id), &json!(expected.key_id));
        check("signature_form", &json!(found.signature_form), &json!(expected.signature_form));
        check("number of events", &json!(events.len()), &json!(expected.events.len()));
        for (found, expected) in events.iter().zip(&expected.events) {
            assert!(!expected.is_empty(), "{}: nothing is expected", fixture.full_name());
            for (member, value) in expected {
                check(member, &found[member], value);
            }
        }
        check("status", &json!(reply.status), &json!(expected.reply.status));
        check("content type", &json!(reply.content_type), &json!(expected.reply.content_type));
        check("answer", &json!(reply.body), &json!(expected.reply.body));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
