//! Alipay's signature: RSA over the sorted, once-decoded parameters, as bytes.
//!
//! <https://opendocs.alipay.com/open-v3/05w3qh>. Only the body is signed; a query is ignored.

use super::Alipay;
use super::wire::{BIZ_CONTENT, DEPOSIT_BACK, SIGN, SIGN_TYPE, UNESCAPED};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::rules::{self, BodyForm};
use crate::kit::signature::signature_parameter;
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
        if UNESCAPED.is_ambiguous(&pairs) {
            return Err(Refusal::AmbiguousValue.into());
        }
        if let Some(content) = pairs.present(BIZ_CONTENT)
            && pairs.present("msg_method") == Some(DEPOSIT_BACK.as_bytes())
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
        let signature = signature_parameter(pairs, SIGN)?;
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
        if pairs.present("msg_method").is_some()
            && let Some(proof) = attempt(&[SIGN], true, SignatureForm::SignTypeKept)
        {
            return Ok(proof);
        }
        Err(Refusal::SignatureMismatch)
    }

    /// Returns whether a message names this account's app, and its seller if one is configured.
    /// Messages of the gateway name no seller.
    fn is_named(&self, pairs: &Pairs<'_>) -> bool {
        let is_gateway = pairs.present("msg_method").is_some();
        pairs.get("app_id") == Some(self.app_id.as_bytes())
            && (is_gateway
                || self.seller_id.is_none()
                || pairs.get("seller_id") == self.seller_id.as_deref().map(str::as_bytes))
    }
}
