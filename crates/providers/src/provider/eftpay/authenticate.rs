//! eftPay's signature: SHA-256 over the secret followed by the sorted members.
//!
//! <https://vmp.eftpay.com.cn/vmp-docs/en/develop-guide/VerifySign.html>. A plain hash with the
//! secret in front can be lengthened by a forger, but only by bytes that are no UTF-8, so reading
//! strict UTF-8 is part of the verification.

use super::EftPay;
use super::wire::{CONSUMED, SIGN};
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::hash::verify_secret_first_sha256;
use crate::crypto::{HexDigest, Proof, SignatureForm};
use crate::kit::content_type::require_json;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::{Literal, Members};

pub(super) fn authenticate<'d>(
    account: &EftPay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, Refusal> {
    require_json(delivery)?;
    let members = Members::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
    if members.has_repeats(SIGN) {
        return Err(Refusal::RepeatedName);
    }
    if members.iter().any(|member| matches!(member.value, Literal::Nested(_))) {
        return Err(Refusal::UnsupportedValue);
    }
    let proof = verify(account, &members, &presented(&members)?)?;
    if is_ambiguous(&members) {
        return Err(Refusal::AmbiguousValue);
    }
    // The same secret may serve several merchants of one group.
    let named = members.get("user_confirm_key").and_then(Literal::as_signed_text);
    if named != Some(account.user_confirm_key.as_str()) {
        return Err(Refusal::WrongAccount);
    }
    Ok(Authentic::new(proof, delivery.body))
}

fn presented(members: &Members<'_>) -> Result<HexDigest<32>, Refusal> {
    match (members.count(SIGN), members.get(SIGN)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(Literal::Text(text))) => HexDigest::parse(text).ok_or(Refusal::SignatureMalformed),
        (1, Some(_)) => Err(Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}

/// Whether empty members are signed is not documented. Both readings are digests of the full
/// content under the same secret, so accepting either is safe.
fn verify(
    account: &EftPay,
    members: &Members<'_>,
    presented: &HexDigest<32>,
) -> Result<Proof, Refusal> {
    let attempt = |empty, form| {
        let text = canonical::text(members, SIGN, empty);
        verify_secret_first_sha256(&account.secrets, &text, presented, form)
    };
    if let Some(proof) = attempt(EmptyMembers::LeftOut, SignatureForm::EmptyLeftOut) {
        return Ok(proof);
    }
    if canonical::has_empty_text(members, SIGN)
        && let Some(proof) = attempt(EmptyMembers::TextKept, SignatureForm::EmptyKept)
    {
        return Ok(proof);
    }
    Err(Refusal::SignatureMismatch)
}

/// `a=1&b=2` is the text of two members and of one whose value is `1&b=2`.
fn is_ambiguous(members: &Members<'_>) -> bool {
    let unsafe_value = |text: &str| text.contains(['&', '=']) || text.contains(char::is_control);
    let consumed = members.iter().filter(|member| CONSUMED.contains(&&*member.name));
    consumed.filter_map(|member| member.value.as_signed_text()).any(unsafe_value)
        || canonical::hides_members(members, &CONSUMED, &[])
}
