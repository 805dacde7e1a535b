//! No field other than the identity and the status word can make an authentic refund invisible.
//!
//! The messages are those of the fixtures, as their payloads show them. Each of their fields is
//! replaced by every kind of value, and the provider reads the result.

mod dialects;
mod writing;

use std::sync::LazyLock;

use proptest::prelude::*;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::{Authentic, Notice};
use refund_providers::crypto::cipher::{open_md5_ecb, seal_md5_ecb};
use refund_providers::crypto::{PresentedDigest, Proof, Secret, SignatureForm, hash};
use refund_providers::refund::{Facts, Flag, RefundEvent};
use serde_json::{Map, Value, json};

use crate::fixture_file;
use dialects::{DIALECTS, Dialect, Form};
use writing::{proof, written};

/// The message of the gateway, which is in another form than the trade notification.
const DEPOSIT_BACK: Dialect = Dialect {
    provider: "alipay",
    fixture: "depositback_succeeded_full",
    form: Form::BizContent,
    essential: &["trade_no", "out_request_no", "dback_status"],
};

fn dialects() -> impl Iterator<Item = &'static Dialect> {
    DIALECTS.iter().chain([&DEPOSIT_BACK])
}

/// What replaces a field, with a name. `None` leaves the field out; a JSON text that contains
/// `<ff>` has the byte FF there.
static REPLACEMENTS: LazyLock<Vec<(&'static str, Option<Value>)>> = LazyLock::new(|| {
    let text = |text: &str| Some(json!(text));
    vec![
        ("absent", None),
        ("null", Some(Value::Null)),
        ("empty", text("")),
        ("true", Some(json!(true))),
        ("number", Some(json!(7))),
        ("negative", Some(json!(-7))),
        ("fraction", Some(json!(10.5))),
        ("exponent", Some(json!(1e30))),
        ("text", text("something else")),
        ("object", Some(json!({ "value": "1" }))),
        ("empty object", Some(json!({}))),
        ("list", Some(json!(["1"]))),
        ("empty list", Some(json!([]))),
        ("decimals", text("10000.00")),
        ("thousands", text("1,000.00")),
        ("other digits", text("１０")),
        ("large amount", text("9223372036854775808")),
        ("currency", text("ZZZ")),
        ("local time", text("2026-01-01 07:59:58")),
        ("offset time", text("2026-01-01T07:59:58+08:00")),
        ("no offset", text("2026-01-01T07:59:58")),
        ("digits", text("20260101075958")),
        ("milliseconds", text("1767225598000")),
        ("month first", text("01/02/2026 07:59 PM")),
        ("before the calendar", text("0001-01-01 00:00:00")),
        ("beyond the calendar", text("9999-12-31T23:59:59-08:00")),
        ("leap second", text("2016-12-31T23:59:60Z")),
        ("too long", text(&"7".repeat(5000))),
        ("control characters", text("a\u{1}\n\u{7f}b")),
        ("NUL", text("a\0b")),
        ("undecodable", text("caf<ff>")),
    ]
});

/// A message and what reads it.
struct Message {
    dialect: &'static Dialect,
    account: ConfiguredAccount,
    members: Map<String, Value>,
    envelope: Vec<u8>,
}

static MESSAGES: LazyLock<Vec<Message>> = LazyLock::new(|| {
    let message = |dialect: &'static Dialect| {
        let fixture = fixture_file::one(dialect.provider, dialect.fixture);
        let payload = fixture.expected.events[0]["payload"].as_str().unwrap();
        let members: Value = serde_json::from_str(payload).unwrap();
        let members = match dialect.form {
            Form::BizContent => {
                serde_json::from_str(members["biz_content"].as_str().unwrap()).unwrap()
            }
            Form::Json | Form::Item | Form::Resource | Form::Xml | Form::Parameters => members,
        };
        let Value::Object(members) = members else { panic!("{payload}") };
        Message { dialect, account: fixture.configured(), members, envelope: fixture.body() }
    };
    dialects().map(message).collect()
});

/// The names of the members, with those of the objects around them.
fn paths(members: &Map<String, Value>, above: &str, found: &mut Vec<String>) {
    for (name, value) in members {
        let path = format!("{above}{name}");
        if let Value::Object(inner) = value {
            paths(inner, &format!("{path}."), found);
        }
        found.push(path);
    }
}

/// The words for a refund in Alipay's trade notification. They may have any form, but without them
/// the notification is about a payment.
const NEEDED: [&str; 2] = ["gmt_refund", "refund_fee"];

/// Whether the field may be replaced in this way.
fn is_optional(message: &Message, path: &str, kind: &str) -> bool {
    let is_needed = message.dialect.form == Form::Parameters && NEEDED.contains(&path);
    !(is_needed && matches!(kind, "absent" | "null" | "empty" | "negative"))
}

fn optional_paths(message: &Message) -> Vec<String> {
    let mut found = Vec::new();
    paths(&message.members, "", &mut found);
    found.retain(|path| !message.dialect.essential.contains(&path.as_str()));
    found
}

/// Whether the field is an object. Another object has other fields, and none of them is unread.
fn has_object(members: &Map<String, Value>, path: &str) -> bool {
    let pointer = format!("/{}", path.replace('.', "/"));
    Value::Object(members.clone()).pointer(&pointer).is_some_and(Value::is_object)
}

fn replace(members: &mut Map<String, Value>, path: &str, value: Option<&Value>) {
    match path.split_once('.') {
        Some((name, rest)) => {
            // An object that was itself replaced has no members any more.
            if let Some(Value::Object(inner)) = members.get_mut(name) {
                replace(inner, rest, value);
            }
        }
        None => match value {
            Some(value) => drop(members.insert(path.to_owned(), value.clone())),
            None => drop(members.remove(path)),
        },
    }
}

/// The one event that the provider reads, or why there is none.
fn read(message: &Message, members: &Map<String, Value>) -> Result<RefundEvent, String> {
    let content = written(message, members);
    let proof = proof(message.dialect.form);
    let authentic = match message.dialect.form {
        Form::Resource | Form::Xml => Authentic::enveloped(proof, &message.envelope, content),
        Form::Json | Form::Item | Form::Parameters | Form::BizContent => {
            Authentic::new(proof, content)
        }
    };
    match message.account.provider.normalize(&authentic) {
        Ok(Notice::Refunds(event, more)) if more.is_empty() => Ok(event),
        other => Err(format!("{other:?}")),
    }
}

fn known(facts: &Facts) -> Vec<String> {
    let mut names = Vec::new();
    facts.each_known(&mut |name, _| names.push(name.to_owned()));
    names
}

/// Checks an event that was read from an altered message against that of the message itself.
fn check(event: &RefundEvent, original: &RefundEvent) -> Result<(), String> {
    let same = event.key == original.key && event.status == original.status;
    let flagged = event.flags.contains(&Flag::FieldsUnread) != event.unread.is_empty();
    // A running total stands for the amount. Other providers report both.
    let has_amount = match event.cumulative_within {
        Some(_) => event.facts.order_refunded_minor.is_some(),
        None => event.facts.amount_minor.is_some(),
    };
    let is_settlement = event.facts.settlement_status.is_some();
    let amount_missing = event.flags.contains(&Flag::AmountMissing);
    let amount_flagged = is_settlement || has_amount != amount_missing;
    let in_unit = event.currency.is_some() || !has_amount;
    if same && flagged && amount_flagged && in_unit { Ok(()) } else { Err(format!("{event:?}")) }
}

#[test]
fn hazard_40_no_value_of_any_optional_field_makes_a_refund_invisible() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for message in MESSAGES.iter() {
        let original = read(message, &message.members).unwrap();
        for path in optional_paths(message) {
            for (kind, replacement) in REPLACEMENTS.iter() {
                if !is_optional(message, &path, kind) {
                    continue;
                }
                let mut members = message.members.clone();
                replace(&mut members, &path, replacement.as_ref());
                let Dialect { provider, fixture, .. } = message.dialect;
                let place = format!("{provider} {fixture}, {path}: {kind}");
                let event = match read(message, &members) {
                    Ok(event) => event,
                    Err(error) => {
                        wrong.push(format!("{place}: {error}"));
                        continue;
                    }
                };
                if let Err(error) = check(&event, &original) {
                    wrong.push(format!("{place}: {error}"));
                }
                checked += 1;
                // A fact that is lost although its field is there is unread.
                let is_other_object =
                    kind.ends_with("object") && has_object(&message.members, &path);
                let is_there = !(is_other_object || matches!(*kind, "absent" | "null" | "empty"));
                let lost = known(&original.facts);
                let lost = lost.iter().filter(|fact| !known(&event.facts).contains(fact));
                let lost: Vec<_> = lost.filter(|fact| *fact != "amount_literal").collect();
                let unread = event.unread.facts();
                if is_there && lost.iter().any(|fact| !unread.contains(fact)) {
                    wrong.push(format!("{place}: {lost:?} are lost, unread are {unread:?}"));
                }
            }
        }
    }
    assert!(checked > 3000, "only {checked} messages");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn several_fields_at_once_make_no_refund_invisible(
        message in 0..DIALECTS.len() + 1,
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8),
    ) {
        let message = &MESSAGES[message];
        let original = read(message, &message.members).unwrap();
        let paths = optional_paths(message);
        let mut members = message.members.clone();
        for (path, replacement) in changes {
            let (kind, replacement) = &REPLACEMENTS[replacement.index(REPLACEMENTS.len())];
            let path = &paths[path.index(paths.len())];
            if is_optional(message, path, kind) {
                replace(&mut members, path, replacement.as_ref());
            }
        }
        let event = read(message, &members);
        let checked = event.and_then(|event| check(&event, &original));
        prop_assert!(checked.is_ok(), "{} {:?}", Value::Object(members), checked);
    }
}
