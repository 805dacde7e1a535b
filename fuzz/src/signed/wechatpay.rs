//! WeChat Pay: v3 resources and v2 messages with any plaintext, and with anything around it.

use std::sync::LazyLock;

use refund_providers::contract::{Judgement, Meaning};
use refund_providers::crypto::Secret;
use serde_json::json;

use super::Signed;
use crate::{Account, NOW, content, judge_and_check, keys, seeds};

pub(super) const SIGNED: Signed = Signed {
    provider: "wechatpay",
    choices: &[read_v3, sealed_v3, |body| _ = signed_v3(body), sealed_v2, around_v2],
    seeds: |fixture| {
        let mut contents = Vec::new();
        if let Some(plaintext) = seeds::v3_plaintext(fixture) {
            contents.extend([(0, plaintext.clone()), (1, plaintext)]);
            contents.push((2, fixture.body.clone()));
        }
        if let Some((plaintext, around)) = seeds::v2_parts(fixture) {
            contents.extend([(3, plaintext), (4, around)]);
        }
        contents
    },
};

static V3_KEY: LazyLock<Secret> = LazyLock::new(|| Secret::new(keys::V3_KEY).unwrap());
static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account_of_signer(json!({
        "provider": "wechatpay", "mchid": "1900000109",
        "api_v3_keys": [keys::V3_KEY], "api_v2_keys": [keys::SECRET],
    }))
});

static V2_ALONE: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "wechatpay", "mchid": "1900000109", "api_v2_keys": [keys::SECRET],
    }))
});

/// A v2 refund, for messages in which only the outer part is fuzzed.
const V2_REFUND: &str = "<root><transaction_id>1</transaction_id><out_trade_no>2</out_trade_no>\
    <refund_id>3</refund_id><out_refund_no>4</out_refund_no><total_fee>5</total_fee>\
    <refund_fee>5</refund_fee><refund_status>SUCCESS</refund_status></root>";
static V2_REQ_INFO: LazyLock<String> = LazyLock::new(|| content::v2_req_info(V2_REFUND.as_bytes()));

/// Splits an input into the event, the time and the plaintext, one on each line.
fn parts(input: &[u8]) -> Option<(&str, &str, &[u8])> {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let mut text = || std::str::from_utf8(parts.next()?).ok();
    Some((text()?, text()?, parts.next()?))
}

fn read_v3(input: &[u8]) {
    let Some((event_type, create_time, plaintext)) = parts(input) else { return };
    let envelope = json!({ "event_type": event_type, "create_time": create_time }).to_string();
    content::normalize(&ACCOUNT, &content::vouched_in(envelope.as_bytes(), plaintext));
}

fn sealed_v3(input: &[u8]) {
    let Some((event_type, create_time, plaintext)) = parts(input) else { return };
    let body = content::v3_envelope(event_type, create_time, &V3_KEY, plaintext);
    let judgement = signed_v3(body.as_bytes());
    assert!(
        !matches!(judgement, Judgement::Authentic(_, Meaning::Undecryptable)),
        "does not open: {body}"
    );
}

fn signed_v3(body: &[u8]) -> Judgement {
    let timestamp = NOW.unix_timestamp().to_string();
    let message = [timestamp.as_bytes(), b"\nnonce\n", body, b"\n"].concat();
    let signature = keys::SIGNER.sign(&message);
    let headers = [
        ("wechatpay-timestamp", timestamp.as_str()),
        ("wechatpay-nonce", "nonce"),
        ("wechatpay-serial", "fuzz"),
        ("wechatpay-signature", &signature),
    ];
    // A body that is not JSON may be v2, which has no signature.
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    if body.trim_ascii_start().starts_with(b"{") {
        content::assert_signature_holds(&judgement, body);
    }
    judgement
}

fn sealed_v2(plaintext: &[u8]) {
    let req_info = content::v2_req_info(plaintext);
    let body = format!(
        "<xml><return_code>SUCCESS</return_code><mch_id>1900000109</mch_id>\
         <req_info>{req_info}</req_info></xml>"
    );
    judge_v2(body.as_bytes());
}

/// An account with v2 keys alone judges XML as one with v3 keys beside them.
fn judge_v2(body: &[u8]) {
    let judgement = judge_and_check(&ACCOUNT, &[], body);
    if body.trim_ascii_start().starts_with(b"<") {
        assert_eq!(judge_and_check(&V2_ALONE, &[], body), judgement);
    }
}

fn around_v2(around: &[u8]) {
    let Ok(around) = std::str::from_utf8(around) else { return };
    let body = around.replacen('@', &V2_REQ_INFO, 1);
    judge_v2(body.as_bytes());
}
