//! PayCools: both wire forms, and other flat objects with the same signed text.

use std::sync::LazyLock;

use refund_providers::crypto::hash::secret_last_sha1;
use refund_providers::wire::canonical::EmptyMembers;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys, seeds};

pub(super) const SIGNED: Signed = Signed {
    provider: "paycools",
    choices: &[flat, cut_again, envelope, vouched],
    seeds: |fixture| match seeds::param(&fixture.body) {
        Some(message) => vec![(2, message.clone()), (3, message)],
        None => {
            let content = seeds::without_sign(&fixture.body);
            let cut = [vec![0; 8], content.clone()].concat();
            vec![(0, content), (1, cut)]
        }
    },
};

static FLAT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "paycools", "variant": "flat", "currency": "PHP", "secrets": [keys::SECRET],
    }))
});
static ENVELOPE: LazyLock<Account> = LazyLock::new(|| {
    let settings = json!({ "provider": "paycools", "variant": "envelope", "currency": "MYR" });
    keys::account_of_signer(settings)
});

fn flat(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let body = content::signed_object(text, EmptyMembers::LeftOut, secret_last_sha1);
    let Some(body) = body else { return };
    let judgement = judge_and_check(&FLAT, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}

fn cut_again(input: &[u8]) {
    content::check_cut_again(&FLAT, input, secret_last_sha1);
}

fn envelope(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let body = json!({ "param": text, "sign": keys::SIGNER.sign(content) }).to_string();
    let judgement = judge_and_check(&ENVELOPE, &[], body.as_bytes());
    content::assert_signature_holds(&judgement, body.as_bytes());
}

fn vouched(content: &[u8]) {
    content::normalize(&ENVELOPE, &content::vouched(content));
}
