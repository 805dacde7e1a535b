//! Adyen: items of any eight members, and other items with the same signed text.

use std::sync::LazyLock;

use data_encoding::{BASE64, HEXLOWER};
use refund_providers::contract::Judgement;
use refund_providers::crypto::Secret;
use refund_providers::crypto::hash::hmac_sha256;
use serde_json::{Value, json};

use super::Signed;
use crate::fixtures::Fixture;
use crate::{Account, content, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed { provider: "adyen", choices: &[signed, slid], seeds };

/// The bytes of the HMAC key.
const KEY: [u8; 32] = *b"a-32-byte-key-for-fuzz-targets-1";

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "adyen", "hmac_keys": [HEXLOWER.encode(&KEY)], "live": false,
    }))
});

/// The number of signed members.
const MEMBERS: usize = 8;

/// Returns the first eight lines of an input, and what follows.
fn lines(input: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let mut parts = input.splitn(MEMBERS + 1, |byte| *byte == b'\n');
    let lines = parts.by_ref().take(MEMBERS).map(std::str::from_utf8);
    let lines: Vec<&str> = lines.collect::<Result<_, _>>().ok()?;
    (lines.len() == MEMBERS).then(|| (lines, parts.next().unwrap_or_default()))
}

fn sign(text: &str) -> String {
    let key = Secret::new(KEY).unwrap();
    BASE64.encode(&hmac_sha256(&key, &[text.as_bytes()]).unwrap())
}

fn notification(members: &[&str], signature: &str) -> String {
    let [psp, original, merchant, reference, value, currency, code, success] = members else {
        panic!("eight members");
    };
    let item = json!({
        "pspReference": psp, "originalReference": original, "merchantAccountCode": merchant,
        "merchantReference": reference, "amount": { "value": value, "currency": currency },
        "eventCode": code, "success": success, "additionalData": { "hmacSignature": signature },
    });
    let items = [json!({ "NotificationRequestItem": item })];
    json!({ "live": "false", "notificationItems": items }).to_string()
}

fn judged(members: &[&str], signature: &str) -> Judgement {
    judge_and_check(&ACCOUNT, &[], notification(members, signature).as_bytes())
}

fn signed(input: &[u8]) {
    let Some((members, _)) = lines(input) else { return };
    let judgement = judged(&members, &sign(&members.join(":")));
    content::assert_signature_holds(&judgement, input);
}

/// Cuts the signed text at other colons, which the flags behind the members choose.
fn slid(input: &[u8]) {
    let Some((members, flags)) = lines(input) else { return };
    let text = members.join(":");
    let pieces: Vec<&str> = text.split(':').collect();
    let mut other: Vec<String> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let rest = pieces.len() - index;
        let joins = flags.get(index).is_some_and(|flag| flag % 2 == 1);
        let count = other.len();
        match other.last_mut() {
            Some(last) if (joins && rest > MEMBERS - count) || count == MEMBERS => {
                last.push(':');
                last.push_str(piece);
            }
            _ => other.push((*piece).to_owned()),
        }
    }
    let Ok(other) = <[String; MEMBERS]>::try_from(other) else { return };
    let signature = sign(&text);
    let slid = judged(&other.each_ref().map(String::as_str), &signature);
    content::assert_same_refund(&judged(&members, &signature), &slid);
}

fn seeds(fixture: &Fixture) -> Vec<(u8, Vec<u8>)> {
    let Ok(body) = serde_json::from_slice::<Value>(&fixture.body) else { return Vec::new() };
    let item = &body["notificationItems"][0]["NotificationRequestItem"];
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let amount = &item["amount"];
    let members = [
        &item["pspReference"],
        &item["originalReference"],
        &item["merchantAccountCode"],
        &item["merchantReference"],
        &amount["value"],
        &amount["currency"],
        &item["eventCode"],
        &item["success"],
    ];
    let lines = members.map(text).join("\n").into_bytes();
    vec![(0, lines.clone()), (1, [lines, b"\n01010101".to_vec()].concat())]
}
