//! UnionPay: forms of any content under a pinned certificate, and other forms with the same signed
//! text.

use std::sync::LazyLock;

use refund_providers::crypto::hash::sha256_hex;
use refund_providers::wire::form::Pairs;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys, percent_encode, seeds};

pub(super) const SIGNED: Signed = Signed {
    provider: "unionpay",
    choices: &[|content| signed(content, true), |content| signed(content, false), cut_again],
    seeds: |fixture| {
        let content = seeds::parameters_without(&fixture.body, &["signature", "signPubKeyCert"]);
        let cut = [vec![0; 8], content.clone()].concat();
        vec![(0, content.clone()), (1, content), (2, cut)]
    },
};

/// The certificate of the signer, in the message and in the account.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    keys::SIGNER.self_signed("041@8310000000083040@中国银联股份有限公司@00000000")
});

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    keys::account(json!({
        "provider": "unionpay", "mer_id": "777290058110048", "currency": "CNY",
        "pinned_certificates": [{ "id": "fuzz", "pem": *CERTIFICATE }],
    }))
});

/// Signs a form with the certificate in it, so that most contents get as far as normalization.
fn signed_form(content: &[u8], keep_empty: bool) -> Option<Vec<u8>> {
    let certificate = percent_encode(CERTIFICATE.as_bytes());
    let mut body = [content, b"&signPubKeyCert=", &certificate].concat();
    let pairs = Pairs::from_bytes(&body).ok()?;
    let text = pairs.signed_text(&["signature"], keep_empty);
    let signature = keys::SIGNER.sign(sha256_hex(&text).as_bytes());
    body.extend_from_slice(b"&signature=");
    body.extend(percent_encode(signature.as_bytes()));
    Some(body)
}

fn signed(content: &[u8], keep_empty: bool) {
    let Some(body) = signed_form(content, keep_empty) else { return };
    let judgement = judge_and_check(&ACCOUNT, &[], &body);
    content::assert_signature_holds(&judgement, &body);
}

/// Returns a form, and another form with the same signed text and signature.
fn two_forms(content: &[u8], flags: [u8; content::CUTS]) -> Option<(Vec<u8>, Vec<u8>)> {
    let body = signed_form(content, true)?;
    let pairs = Pairs::from_bytes(&body).ok()?;
    let mut other = Vec::new();
    for (name, value) in content::cut_again(&pairs.signed_text(&["signature"], true), flags)? {
        other.push([percent_encode(&name), percent_encode(&value)].join(&b'='));
    }
    other.push([b"signature=", &*percent_encode(pairs.get("signature")?)].concat());
    Some((body, other.join(&b'&')))
}

fn cut_again(input: &[u8]) {
    let Some((flags, content)) = content::cut_and_content(input) else { return };
    let Some((left, right)) = two_forms(content, flags) else { return };
    let left = judge_and_check(&ACCOUNT, &[], &left);
    let right = judge_and_check(&ACCOUNT, &[], &right);
    content::assert_same_refund(&left, &right);
}
