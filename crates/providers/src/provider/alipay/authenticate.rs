//! Alipay's signature: RSA over the sorted, once-decoded parameters, as bytes.
//!
//! <https://opendocs.alipay.com/open-v3/05w3qh>. Only the body is signed; a query is ignored.

use data_encoding::BASE64;

use super::Alipay;
use super::wire::{BIZ_CONTENT, CONSUMED, DEPOSIT_BACK, PERSONAL, SIGN, SIGN_TYPE, present};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::rules::{self, BodyForm};
use crate::wire::document::Document;
use crate::wire::form::Pairs;

/// The hash of a message's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha1,
}

impl Authenticate for Alipay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Form)?;
        let pairs = Pairs::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
        if pairs.has_repeats_except(SIGN) {
            return Err(Refusal::RepeatedName.into());
        }
        let proof = self.verify(&pairs)?;
        if !self.is_named(&pairs) {
            return Err(Refusal::WrongAccount.into());
        }
        if is_ambiguous(&pairs) {
            return Err(Refusal::AmbiguousValue.into());
        }
        if let Some(content) = present(&pairs, BIZ_CONTENT)
            && present(&pairs, "msg_method") == Some(DEPOSIT_BACK.as_bytes())
            && Document::of(content).members().is_ok_and(|members| members.has_repeats_in(&[]))
        {
            return Err(Refusal::RepeatedName.into());
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}

impl Alipay {
    /// Verifies each reading of the rule. Alipay documents neither whether empty values are signed,
    /// nor whether `sign_type` is signed in messages of the gateway. Each reading is a signature
    /// over the full content, so accepting any is safe.
    fn verify(&self, pairs: &Pairs<'_>) -> Result<Proof, Refusal> {
        let signature = presented(pairs)?;
        let algorithm = match pairs.get(SIGN_TYPE) {
            Some(b"RSA2") => Algorithm::Sha256,
            // The request alone never chooses SHA-1: the account must allow it.
            Some(b"RSA") if self.allow_sha1 => Algorithm::Sha1,
            Some(_) | None => return Err(Refusal::UnsupportedAlgorithm),
        };
        let attempt = |left_out: &[&str], keep_empty: bool, form: SignatureForm| {
            let text = pairs.signed_text(left_out, keep_empty);
            self.public_keys.iter().find_map(|key: &PublicKey| match algorithm {
                Algorithm::Sha256 => key.verify(&text, &signature, form),
                Algorithm::Sha1 => key.verify_sha1(&text, &signature, form),
            })
        };
        let both = [SIGN, SIGN_TYPE];
        if let Some(proof) = attempt(&both, true, SignatureForm::EmptyKept) {
            return Ok(proof);
        }
        if pairs.iter().any(|(_, value)| value.is_empty())
            && let Some(proof) = attempt(&both, false, SignatureForm::EmptyLeftOut)
        {
            return Ok(proof);
        }
        if present(pairs, "msg_method").is_some()
            && let Some(proof) = attempt(&[SIGN], true, SignatureForm::SignTypeKept)
        {
            return Ok(proof);
        }
        Err(Refusal::SignatureMismatch)
    }

    /// Returns whether a message names this account's app, and its seller if one is configured.
    /// Messages of the gateway name no seller.
    fn is_named(&self, pairs: &Pairs<'_>) -> bool {
        let is_gateway = present(pairs, "msg_method").is_some();
        pairs.get("app_id") == Some(self.app_id.as_bytes())
            && (is_gateway
                || self.seller_id.is_none()
                || pairs.get("seller_id") == self.seller_id.as_deref().map(str::as_bytes))
    }
}

fn presented(pairs: &Pairs<'_>) -> Result<Vec<u8>, Refusal> {
    match (pairs.count(SIGN), pairs.get(SIGN)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(b"")) => Err(Refusal::SignatureMalformed),
        (1, Some(base64)) => BASE64.decode(base64).map_err(|_| Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}

/// Nothing in the signed text is escaped, so a message could be split into other parameters.
fn is_ambiguous(pairs: &Pairs<'_>) -> bool {
    pairs.iter().any(|(name, value)| {
        if name.iter().any(|byte| matches!(byte, b'&' | b'=') || byte.is_ascii_control()) {
            return true;
        }
        // Without this separator there is only one reading.
        if !value.contains(&b'&') {
            return false;
        }
        let is_read = CONSUMED.iter().any(|known| known.as_bytes() == name);
        if is_read && name != BIZ_CONTENT.as_bytes() {
            return value.contains(&b'=');
        }
        value.split(|byte| *byte == b'&').skip(1).any(begins_a_parameter)
    })
}

fn begins_a_parameter(part: &[u8]) -> bool {
    let end = part.iter().position(|byte| *byte == b'=');
    let name = end.and_then(|end| part.get(..end));
    // A personal field inside another value would escape its mask.
    let mut known = CONSUMED.iter().chain(&PERSONAL);
    name.is_some_and(|name| known.any(|known| known.as_bytes() == name))
}
