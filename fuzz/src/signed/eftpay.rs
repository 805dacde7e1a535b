//! eftPay: both readings of the rule, and other objects with the same signed text.

use std::sync::LazyLock;

use refund_providers::crypto::hash::secret_first_sha256;
use refund_providers::wire::canonical::EmptyMembers;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys, seeds};

pub(super) const SIGNED: Signed = Signed {
    provider: "eftpay",
    choices: &[
        |content| signed(content, EmptyMembers::LeftOut),
        |content| signed(content, EmptyMembers::TextKept),
        cut_again,
    ],
    seeds: |fixture| {
        let content = seeds::without_sign(&fixture.body);
        let cut = [vec![0; 8], content.clone()].concat();
        vec![(0, content.clone()), (1, content), (2, cut)]
    },
};

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "eftpay", "user_confirm_key": "S0003469", "secrets": [keys::SECRET],
    }))
});

fn signed(content: &[u8], empty: EmptyMembers) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let Some(body) = content::signed_object(text, empty, secret_first_sha256) else { return };
    let judgement = judge_and_check(&ACCOUNT, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}

fn cut_again(input: &[u8]) {
    content::check_cut_again(&ACCOUNT, input, secret_first_sha256);
}
