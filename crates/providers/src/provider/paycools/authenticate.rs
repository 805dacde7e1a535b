//! PayCools' two signatures.
//!
//! `flat`: <https://doc.paycools.com/PartnerEventCallback/CallBackApiSignatureRule.html>.
//! `envelope`: <https://docs.paycools.com.my/en/UnifiedAPIParam.html>. The page "API Signature
//! Process" is about requests *to* PayCools; it has nothing to do with callbacks.

use data_encoding::BASE64;

use super::wire::{CONSUMED, FREE_TEXT, OPTIONAL, PARAM, REQUIRED, SIGN};
use super::{Dialect, PayCools};
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::hash::verify_secret_last_sha1;
use crate::crypto::{HexDigest, Proof, PublicKey, Secret, SignatureForm};
use crate::kit::content_type::require_json;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::{Literal, Members};

pub(super) fn authenticate<'d>(
    account: &PayCools,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, Refusal> {
    require_json(delivery)?;
    let members = Members::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
    if members.has_repeats(SIGN) {
        return Err(Refusal::RepeatedName);
    }
    match &account.dialect {
        Dialect::Flat(secrets) => {
            let proof = flat(secrets, &members)?;
            Ok(Authentic::new(proof, delivery.body))
        }
        Dialect::Envelope(keys) => {
            let (proof, message) = envelope(keys, &members)?;
            Ok(Authentic::new(proof, message))
        }
    }
}

fn flat(secrets: &[Secret], members: &Members<'_>) -> Result<Proof, Refusal> {
    // How booleans and nested values would be signed is not documented.
    let unsupported =
        |value: &Literal<'_>| matches!(value, Literal::Boolean(_) | Literal::Nested(_));
    if members.iter().any(|member| unsupported(&member.value)) {
        return Err(Refusal::UnsupportedValue);
    }
    let presented = HexDigest::parse(presented(members)?).ok_or(Refusal::SignatureMalformed)?;
    let text = canonical::text(members, SIGN, EmptyMembers::LeftOut);
    let proof = verify_secret_last_sha1(secrets, &text, &presented, SignatureForm::Canonical)
        .ok_or(Refusal::SignatureMismatch)?;
    if is_ambiguous(members) {
        return Err(Refusal::AmbiguousValue);
    }
    Ok(proof)
}

/// The signed text is the decoded `param`, byte for byte; other members of the envelope mean
/// nothing.
fn envelope(keys: &[PublicKey], members: &Members<'_>) -> Result<(Proof, Vec<u8>), Refusal> {
    let message = match members.get(PARAM) {
        Some(Literal::Text(message)) => message,
        Some(_) => return Err(Refusal::UnsupportedValue),
        None => return Err(Refusal::MalformedBody),
    };
    let presented = presented(members)?;
    let signature = BASE64.decode(presented.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
    if !keys.iter().any(|key| key.signature_bytes() == signature.len()) {
        return Err(Refusal::SignatureMalformed);
    }
    let verify =
        |key: &PublicKey| key.verify(message.as_bytes(), &signature, SignatureForm::Envelope);
    // The envelope names no key, so every active one is tried.
    let proof = keys.iter().find_map(verify).ok_or(Refusal::SignatureMismatch)?;
    if Members::from_text(message).is_ok_and(|inner| inner.has_repeats("")) {
        return Err(Refusal::RepeatedName);
    }
    Ok((proof, message.clone().into_owned().into_bytes()))
}

/// The one signature among the members, not empty.
fn presented<'m>(members: &'m Members<'_>) -> Result<&'m str, Refusal> {
    match (members.count(SIGN), members.get(SIGN)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(Literal::Text(text))) if !text.is_empty() => Ok(text),
        (1, Some(_)) => Err(Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}

/// Separators are not escaped in the signed text, so a value that holds both of them could stand
/// for several members. People write `&` and `=` in reasons, so there it is legal, unless a member
/// is missing that may have been swallowed.
fn is_ambiguous(members: &Members<'_>) -> bool {
    let read = |name: &str| CONSUMED.contains(&name) && !FREE_TEXT.contains(&name);
    let unsafe_value = |text: &str| text.contains('&') && text.contains('=');
    let consumed = members.iter().filter(|member| read(&member.name));
    // Where one of these was swallowed nothing is told of any refund: that is unreadable.
    let tells_of_a_refund = REQUIRED.iter().all(|name| members.count(name) == 1);
    consumed.filter_map(|member| member.value.as_signed_text()).any(unsafe_value)
        || canonical::hides_members(members, &CONSUMED, &FREE_TEXT)
        || (tells_of_a_refund && canonical::swallows_members(members, &FREE_TEXT, &OPTIONAL))
}
