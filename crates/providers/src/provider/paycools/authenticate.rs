//! PayCools' two signatures.
//!
//! `flat`: <https://doc.paycools.com/PartnerEventCallback/CallBackApiSignatureRule.html>.
//! `envelope`: <https://docs.paycools.com.my/en/UnifiedAPIParam.html>. The page "API Signature
//! Process" describes requests *to* PayCools, not callbacks.

use data_encoding::BASE64;

use super::wire::{CONSUMED, FREE_TEXT, OPTIONAL, PARAM, REQUIRED, SIGN};
use super::{Dialect, PayCools};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::hash::verify_secret_last_sha1;
use crate::crypto::{PresentedDigest, Proof, PublicKey, Secret, SignatureForm};
use crate::kit::rules::{self, BodyForm};
use crate::kit::signature::signature_member;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::document::Document;
use crate::wire::json::{Literal, Members};

impl Authenticate for PayCools {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Json)?;
        let members = Members::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
        if members.has_repeats_except(SIGN) {
            return Err(Refusal::RepeatedName.into());
        }
        match &self.dialect {
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
}

fn flat(secrets: &[Secret], members: &Members<'_>) -> Result<Proof, Refusal> {
    // PayCools does not document how booleans and nested values are signed.
    let unsupported =
        |value: &Literal<'_>| matches!(value, Literal::Boolean(_) | Literal::Nested(_));
    if members.iter().any(|member| unsupported(&member.value)) {
        return Err(Refusal::UnsupportedValue);
    }
    let presented = PresentedDigest::from_hex(signature_member(members, SIGN)?)
        .ok_or(Refusal::SignatureMalformed)?;
    let text = canonical::text(members, SIGN, EmptyMembers::LeftOut);
    let proof = verify_secret_last_sha1(secrets, &text, &presented, SignatureForm::Canonical)
        .ok_or(Refusal::SignatureMismatch)?;
    if is_ambiguous(members) {
        return Err(Refusal::AmbiguousValue);
    }
    Ok(proof)
}

/// Verifies the decoded `param`, byte for byte. Other members of the envelope have no meaning.
fn envelope(keys: &[PublicKey], members: &Members<'_>) -> Result<(Proof, Vec<u8>), Refusal> {
    let message = match members.get(PARAM) {
        Some(Literal::Text(message)) => message,
        Some(_) => return Err(Refusal::UnsupportedValue),
        None => return Err(Refusal::MalformedBody),
    };
    let presented = signature_member(members, SIGN)?;
    let signature = BASE64.decode(presented.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
    if !keys.iter().any(|key| key.signature_bytes() == signature.len()) {
        return Err(Refusal::SignatureMalformed);
    }
    let verify =
        |key: &PublicKey| key.verify(message.as_bytes(), &signature, SignatureForm::Envelope);
    // The envelope names no key, so every key is tried.
    let proof = keys.iter().find_map(verify).ok_or(Refusal::SignatureMismatch)?;
    let document = Document::of(message.as_bytes());
    if document.members().is_ok_and(|inner| inner.has_repeats_in(&[])) {
        return Err(Refusal::RepeatedName);
    }
    Ok((proof, message.clone().into_owned().into_bytes()))
}

/// Separators are not escaped in the signed text, so a value with both of them could be several
/// members. People write `&` and `=` in reasons, so there both are legal, unless a member is missing
/// that the reason may have swallowed.
fn is_ambiguous(members: &Members<'_>) -> bool {
    let read = |name: &str| CONSUMED.contains(&name) && !FREE_TEXT.contains(&name);
    let unsafe_value = |text: &str| text.contains('&') && text.contains('=');
    let consumed = members.iter().filter(|member| read(&member.name));
    // A message without a required member contains no refund, so it is unreadable instead.
    let contains_a_refund = REQUIRED.iter().all(|name| members.count(name) == 1);
    consumed.filter_map(|member| member.value.as_signed_text()).any(unsafe_value)
        || canonical::hides_members(members, &CONSUMED, &FREE_TEXT)
        || (contains_a_refund && canonical::swallows_members(members, &FREE_TEXT, &OPTIONAL))
}
