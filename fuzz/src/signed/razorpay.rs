//! Razorpay: bodies of any content.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use refund_providers::crypto::hash::hmac_sha256;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed {
    provider: "razorpay",
    choices: &[|body| signed(&BY_ID, body), |body| signed(&BY_RECEIPT, body)],
    seeds: |fixture| vec![(0, fixture.body.clone()), (1, fixture.body.clone())],
};

static BY_ID: LazyLock<Account> =
    LazyLock::new(|| keys::account(json!({ "provider": "razorpay", "secrets": [keys::SECRET] })));

static BY_RECEIPT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "razorpay", "secrets": [keys::SECRET], "identity": "receipt",
        "account_ids": "any", "merchant_order_id_note": "order",
    }))
});

fn signed(account: &Account, body: &[u8]) {
    let digest = hmac_sha256(&keys::SHARED, &[body]).unwrap();
    let signature = HEXLOWER.encode(&digest);
    let judgement = judge_and_check(account, &[("x-razorpay-signature", &signature)], body);
    content::assert_signature_holds(&judgement, body);
}
