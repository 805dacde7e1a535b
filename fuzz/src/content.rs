//! Fuzzed content with a valid signature.

use data_encoding::BASE64;
use refund_providers::contract::{Authentic, Judgement, Meaning, Notice, Refusal};
use refund_providers::crypto::cipher::{seal_gcm, seal_md5_ecb};
use refund_providers::crypto::{Proof, Secret};
use refund_providers::refund::RefundEvent;
use refund_providers::wire::canonical::{self, EmptyMembers};
use refund_providers::wire::form::Pairs;
use refund_providers::wire::json::Members;
use refund_providers::wire::percent;
use serde_json::json;

use crate::keys::{SHARED, SIGNER};
use crate::{Account, checks, judge_and_check};

/// The length of the flags of a cut, in bytes.
pub const CUTS: usize = 8;

/// Reads content as if it had just been verified, which is fast.
pub fn normalize(account: &Account, authentic: &Authentic<'_>) {
    if let Ok(Notice::Refunds(first, more) | Notice::PartlyUnreadable(first, more, _)) =
        account.normalize(authentic)
    {
        checks::event(&first);
        more.iter().for_each(checks::event);
    }
}

/// Joins the signer's proof to any content.
pub fn vouched(content: &[u8]) -> Authentic<'_> {
    Authentic::new(SIGNER.proof.clone(), content)
}

/// Joins the signer's proof to any content in an envelope.
pub fn vouched_in<'a>(envelope: &'a [u8], content: &[u8]) -> Authentic<'a> {
    let proof: Proof = SIGNER.proof.clone();
    Authentic::enveloped(proof, envelope, content.to_vec())
}

/// Asserts that a signed message was not refused because of its signature.
pub fn assert_signature_holds(judgement: &Judgement, body: &[u8]) {
    let refused = matches!(judgement, Judgement::Refused(Refusal::SignatureMismatch));
    assert!(!refused, "does not verify: {}", String::from_utf8_lossy(body));
}

/// Signs the sorted text of a JSON object, and adds the signature as its last member.
pub fn signed_object(
    content: &str,
    empty: EmptyMembers,
    sign: fn(&Secret, &str) -> String,
) -> Option<String> {
    let members = Members::from_text(content).ok()?;
    let sign = sign(&SHARED, &canonical::text(&members, "sign", empty));
    with_member(content, &members, &sign)
}

fn with_member(content: &str, members: &Members<'_>, sign: &str) -> Option<String> {
    let open = content.trim_end().strip_suffix('}')?;
    let comma = if members.iter().next().is_some() { "," } else { "" };
    Some(format!("{open}{comma}\"sign\":\"{sign}\"}}"))
}

/// Splits an input into the flags of a cut and the content to cut.
pub fn cut_and_content(input: &[u8]) -> Option<([u8; CUTS], &[u8])> {
    let (flags, content) = input.split_at_checked(CUTS)?;
    Some((flags.try_into().ok()?, content))
}

/// Splits a sorted text into members. At each `&` the flags say whether a new member begins.
pub fn cut_again(text: &[u8], flags: [u8; CUTS]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for (index, piece) in text.split(|byte| *byte == b'&').enumerate() {
        let place = index % (CUTS * 8);
        let is_joined = flags[place / 8] >> (place % 8) & 1 == 1 || !piece.contains(&b'=');
        match parts.last_mut() {
            Some(last) if is_joined => {
                last.push(b'&');
                last.extend_from_slice(piece);
            }
            _ => parts.push(piece.to_vec()),
        }
    }
    let split = |part: Vec<u8>| {
        let end = part.iter().position(|byte| *byte == b'=')?;
        Some((part[..end].to_vec(), part[end + 1..].to_vec()))
    };
    parts.into_iter().map(split).collect()
}

/// Returns the signed object of `content`, and another object with the same text and signature.
pub fn signed_object_cut_again(
    content: &str,
    flags: [u8; CUTS],
    sign: fn(&Secret, &str) -> String,
) -> Option<(String, String)> {
    let members = Members::from_text(content).ok()?;
    let text = canonical::text(&members, "sign", EmptyMembers::LeftOut);
    let sign = sign(&SHARED, &text);
    let mut other = serde_json::Map::new();
    for (name, value) in cut_again(text.as_bytes(), flags)? {
        other.insert(String::from_utf8(name).ok()?, String::from_utf8(value).ok()?.into());
    }
    other.insert("sign".to_owned(), sign.clone().into());
    Some((with_member(content, &members, &sign)?, serde_json::to_string(&other).ok()?))
}

/// Signs an object, cuts its text into another object with the same signature, and asserts that both
/// do not contain different refunds.
pub fn check_cut_again(account: &Account, input: &[u8], sign: fn(&Secret, &str) -> String) {
    let Some((flags, content)) = cut_and_content(input) else { return };
    let Ok(text) = std::str::from_utf8(content) else { return };
    let Some((left, right)) = signed_object_cut_again(text, flags, sign) else { return };
    let left = judge_and_check(account, &[], left.as_bytes());
    let right = judge_and_check(account, &[], right.as_bytes());
    assert_same_refund(&left, &right);
}

/// Asserts that of two messages with one signature at most one contains a refund, or both contain the
/// same. Free text may differ, because no decision depends on it.
pub fn assert_same_refund(left: &Judgement, right: &Judgement) {
    let (
        Judgement::Authentic(_, Meaning::Refunds(left)),
        Judgement::Authentic(_, Meaning::Refunds(right)),
    ) = (left, right)
    else {
        return;
    };
    let meaning = |events: &[RefundEvent]| -> Vec<_> {
        let without_text = |event: &RefundEvent| {
            let mut event = event.clone();
            (event.facts.reason, event.facts.failure_message) = (None, None);
            event.facts.merchant_reference = None;
            event.digest()
        };
        events.iter().map(without_text).collect()
    };
    assert_eq!(meaning(left), meaning(right), "{left:?} and {right:?}");
}

/// The reading of Alipay's rule by which a form is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormRule {
    /// Empty parameters are signed.
    EmptyKept,
    /// Empty parameters are not signed.
    EmptyLeftOut,
    /// The name of the algorithm is signed too.
    SignTypeKept,
}

/// Signs a form, and adds the signature at its end.
pub fn signed_form(content: &[u8], rule: FormRule) -> Option<Vec<u8>> {
    let mut body = content.to_vec();
    body.extend_from_slice(b"&sign_type=RSA2");
    let pairs = Pairs::from_bytes(&body).ok()?;
    let left_out: &[&str] = match rule {
        FormRule::EmptyKept | FormRule::EmptyLeftOut => &["sign", "sign_type"],
        FormRule::SignTypeKept => &["sign"],
    };
    let text = pairs.signed_text(left_out, rule != FormRule::EmptyLeftOut);
    add_signature(&mut body, &text);
    Some(body)
}

fn add_signature(body: &mut Vec<u8>, text: &[u8]) {
    let sign = percent::encode(SIGNER.sign(text).as_bytes());
    body.extend_from_slice(b"&sign=");
    body.extend_from_slice(sign.as_bytes());
}

/// Returns the signed form of `content`, and another form with the same text and signature.
pub fn signed_form_cut_again(content: &[u8], flags: [u8; CUTS]) -> Option<(Vec<u8>, Vec<u8>)> {
    let body = signed_form(content, FormRule::EmptyKept)?;
    let pairs = Pairs::from_bytes(&body).ok()?;
    let text = pairs.signed_text(&["sign", "sign_type"], true);
    let mut other = Vec::new();
    for (name, value) in cut_again(&text, flags)? {
        other.push(format!("{}={}", percent::encode(&name), percent::encode(&value)));
    }
    let sign = percent::encode(pairs.get("sign")?);
    other.push(format!("sign_type=RSA2&sign={sign}"));
    Some((body, other.join("&").into_bytes()))
}

/// The nonce of every sealed resource.
const NONCE: &str = "fuzz-targets";

/// Returns a v3 envelope around a sealed plaintext.
pub fn v3_envelope(event_type: &str, create_time: &str, key: &Secret, plaintext: &[u8]) -> String {
    let nonce = NONCE.as_bytes().try_into().unwrap();
    let ciphertext = seal_gcm(key, nonce, b"refund", plaintext).unwrap();
    json!({
        "id": "EV-1",
        "create_time": create_time,
        "event_type": event_type,
        "resource_type": "encrypt-resource",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "original_type": "refund",
            "ciphertext": BASE64.encode(&ciphertext),
            "nonce": NONCE,
            "associated_data": "refund",
        },
    })
    .to_string()
}

/// Returns the encrypted part of a v2 message.
pub fn v2_req_info(plaintext: &[u8]) -> String {
    BASE64.encode(&seal_md5_ecb(&SHARED, plaintext).unwrap())
}
