//! Antom.

use std::sync::LazyLock;

use refund_providers::wire::percent;
use serde_json::json;

use super::Signed;
use crate::{Account, PATH, content, judge_and_check, keys};

const CLIENT: &str = "SANDBOX_5X00000000000000";
const TIME: &str = "1767225600000";

pub(super) const SIGNED: Signed = Signed {
    provider: "antom",
    choices: &[signed],
    seeds: |fixture| vec![(0, fixture.body.clone())],
};

static ACCOUNT: LazyLock<Account> =
    LazyLock::new(|| keys::account_of_signer(json!({ "provider": "antom", "client_id": CLIENT })));

fn signed(body: &[u8]) {
    let message = [format!("POST {PATH}\n{CLIENT}.{TIME}.").as_bytes(), body].concat();
    let signature = percent::encode(keys::SIGNER.sign(&message).as_bytes());
    let signature = format!("algorithm=RSA256, keyVersion=fuzz, signature={signature}");
    let headers = [("client-id", CLIENT), ("request-time", TIME), ("signature", &signature)];
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    content::assert_signature_holds(&judgement, body);
}
