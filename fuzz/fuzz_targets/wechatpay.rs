//! WeChat Pay, v3 and v2: forged requests, and properly signed and sealed ones of any content.

#![no_main]

use std::sync::LazyLock;

use harness::forgery::Forgery;
use harness::{NOW, choice, content, judge_and_check, keys, seeds};
use libfuzzer_sys::fuzz_target;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::crypto::Secret;
use refund_providers::contract::Judgement;
use serde_json::json;

static FORGERY: LazyLock<Forgery> = LazyLock::new(|| Forgery::new("wechatpay"));
static V3_KEY: LazyLock<Secret> = LazyLock::new(|| Secret::new(keys::V3_KEY).unwrap());
static ACCOUNT: LazyLock<ConfiguredAccount> = LazyLock::new(|| {
    let (v3, v2) = (keys::V3_KEY, keys::SECRET);
    keys::account_of_signer(&format!(
        "provider = \"wechatpay\"\nmchid = \"1900000109\"\n\
         api_v3_keys = [\"{v3}\"]\napi_v2_keys = [\"{v2}\"]"
    ))
});

/// A refund as v2 tells it, for messages of which only what is around it is fuzzed.
const V2_REFUND: &str = "<root><transaction_id>1</transaction_id><out_trade_no>2</out_trade_no>\
    <refund_id>3</refund_id><out_refund_no>4</out_refund_no><total_fee>5</total_fee>\
    <refund_fee>5</refund_fee><refund_status>SUCCESS</refund_status></root>";
static V2_REQ_INFO: LazyLock<String> = LazyLock::new(|| content::v2_req_info(V2_REFUND.as_bytes()));

fuzz_target!(
    init: {
        LazyLock::force(&FORGERY);
        seeds::write_if_asked(|| {
            seeds::of("wechatpay", &FORGERY, |fixture| {
                let mut contents = Vec::new();
                if let Some(plaintext) = seeds::v3_plaintext(fixture) {
                    contents.extend([(1, plaintext.clone()), (2, plaintext)]);
                    contents.extend([(3, fixture.body.clone()), (4, fixture.body.clone())]);
                }
                if let Some((plaintext, around)) = seeds::v2_parts(fixture) {
                    contents.extend([(5, plaintext), (6, around)]);
                }
                contents
            })
        });
    },
    |data: &[u8]| {
        match choice(data, 7) {
            Some((0, input)) => FORGERY.run(input),
            Some((1, input)) => read_v3(input),
            Some((2, input)) => sealed_v3(input),
            Some((3, body)) => _ = signed_v3(body),
            Some((4, body)) => content::normalize(&ACCOUNT, &content::vouched(body)),
            Some((5, plaintext)) => sealed_v2(plaintext),
            Some((_, around)) => around_v2(around),
            None => {}
        }
    }
);

/// The event, the time and the plaintext, one below the other.
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
    assert!(!matches!(judgement, Judgement::Undecryptable(_)), "does not open: {body}");
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
    // A body that is no JSON could be read as v2, which has no signature.
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
    judge_and_check(&ACCOUNT, &[], body.as_bytes());
}

fn around_v2(around: &[u8]) {
    let Ok(around) = std::str::from_utf8(around) else { return };
    let body = around.replacen('@', &V2_REQ_INFO, 1);
    judge_and_check(&ACCOUNT, &[], body.as_bytes());
}
