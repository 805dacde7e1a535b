//! QFPay: bodies of any content, signed as they are.

use std::sync::LazyLock;

use data_encoding::HEXUPPER;
use refund_providers::crypto::hash::secret_last_md5;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed {
    provider: "qfpay",
    choices: &[|body| signed(&ONE, body), |body| signed(&AGENT, body)],
    seeds: |fixture| vec![(0, fixture.body.clone()), (1, fixture.body.clone())],
};

static ONE: LazyLock<Account> =
    LazyLock::new(|| keys::account(json!({ "provider": "qfpay", "secrets": [keys::SECRET] })));

static AGENT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({ "provider": "qfpay", "secrets": [keys::SECRET], "mchids": "any" }))
});

fn signed(account: &Account, body: &[u8]) {
    let signature = HEXUPPER.encode(&secret_last_md5(&keys::SHARED, body));
    let judgement = judge_and_check(account, &[("x-qf-sign", &signature)], body);
    content::assert_signature_holds(&judgement, body);
}
