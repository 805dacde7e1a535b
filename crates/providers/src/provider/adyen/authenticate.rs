//! Adyen's signatures: HMAC-SHA256 over eight members, in every item
//! (<https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures>).

use super::{Adyen, item};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::hash::verify_hmac_sha256;
use crate::crypto::{PresentedDigest, Proof, SignatureForm};
use crate::kit::credentials;
use crate::kit::signature::signature_member;
use crate::wire::document::Document;
use crate::wire::json::{Literal, Members};

impl Authenticate for Adyen {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        if !self.authorizations.is_empty() {
            credentials::require(delivery, "authorization", &self.authorizations)?;
        }
        let content = item::content(delivery)?;
        let proof = self.verify_all(&content)?;
        Ok(Authentic::new(proof, content))
    }
}

impl Adyen {
    /// Verifies every item of a notification. Returns the proof of the first.
    fn verify_all(&self, content: &[u8]) -> Result<Proof, Refusal> {
        let document = Document::of(content);
        let notification = document.members().map_err(|_| Refusal::MalformedBody)?;
        let items = item::items(&notification).ok_or(Refusal::MalformedBody)?;
        let proofs = items.iter().map(|item| self.verify(item));
        let proofs: Vec<Proof> = proofs.collect::<Result<_, _>>()?;
        let first = proofs.into_iter().next().ok_or(Refusal::SignatureMissing)?;
        if notification.has_deep_repeats() {
            return Err(Refusal::RepeatedName);
        }
        let live = notification.get("live").and_then(Literal::as_signed_text);
        if live != Some(if self.live { "true" } else { "false" }) {
            return Err(Refusal::WrongAccount);
        }
        Ok(first)
    }

    fn verify(&self, item: &Members<'_>) -> Result<Proof, Refusal> {
        let additional = item.object("additionalData").ok_or(Refusal::SignatureMissing)?;
        let signature = signature_member(&additional, "hmacSignature")?;
        let signature =
            PresentedDigest::from_base64(signature).ok_or(Refusal::SignatureMalformed)?;
        let text = item::signed_text(item)?;
        let form = SignatureForm::Members;
        verify_hmac_sha256(&self.hmac_keys, &[text.as_bytes()], &[signature], form)
            .ok_or(Refusal::SignatureMismatch)
    }
}
