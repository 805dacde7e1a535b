//! Nomad's relay.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use refund_providers::crypto::hash::hmac_sha256;
use serde_json::json;

use super::Signed;
use crate::{Account, NOW, content, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed {
    provider: "nomad",
    choices: &[relayed],
    seeds: |fixture| vec![(0, fixture.body.clone())],
};

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({ "provider": "nomad", "mode": "relay", "secrets": [keys::SECRET] }))
});

fn relayed(body: &[u8]) {
    let timestamp = NOW.unix_timestamp().to_string();
    let digest = hmac_sha256(&keys::SHARED, &[timestamp.as_bytes(), b".", body]).unwrap();
    let signature = format!("v1={}", HEXLOWER.encode(&digest));
    let headers = [("x-nomad-timestamp", &*timestamp), ("x-nomad-signature", &*signature)];
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    content::assert_signature_holds(&judgement, body);
}
