//! Xendit: any body beside a token that fits.

use std::sync::LazyLock;

use refund_providers::contract::{Judgement, Refusal};
use serde_json::json;

use super::Signed;
use crate::{Account, judge_and_check, keys};

pub(super) const SIGNED: Signed = Signed {
    provider: "xendit",
    choices: &[beside_a_token],
    seeds: |fixture| vec![(0, fixture.body.clone())],
};

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "xendit", "callback_tokens": [keys::SECRET], "legacy_ewallet": true,
    }))
});

fn beside_a_token(body: &[u8]) {
    let judgement = judge_and_check(&ACCOUNT, &[("x-callback-token", keys::SECRET)], body);
    let other = Judgement::Refused(Refusal::RepeatedName);
    assert!(judgement == other || matches!(judgement, Judgement::Authentic(..)), "{judgement:?}");
}
