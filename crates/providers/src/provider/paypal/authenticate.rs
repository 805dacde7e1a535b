//! PayPal's signature: RSA over three values and a CRC-32 of the raw body
//! (<https://developer.paypal.com/api/rest/webhooks/rest/>).

use data_encoding::BASE64;

use super::{PayPal, wire};
use crate::contract::{Authentic, Authenticate, CertificateId, Delivery, NotAuthentic, Refusal};
use crate::crypto::checksum::crc32;
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::headers::{signature_header, signed_header};
use crate::kit::rules::{self, BodyForm};
use crate::wire::document::Document;
use crate::wire::times;

impl Authenticate for PayPal {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Json)?;
        let proof = self.verify(delivery)?;
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}

impl PayPal {
    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof, Refusal> {
        let header = |name| signed_header(delivery.headers, name);
        let signature = signature_header(delivery.headers, "paypal-transmission-sig")?;
        let signature =
            BASE64.decode(signature.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
        if header("paypal-auth-algo")? != wire::SHA256_WITH_RSA {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let id = header("paypal-transmission-id")?;
        if id.contains('|') {
            return Err(Refusal::AmbiguousValue);
        }
        let time = header("paypal-transmission-time")?;
        let signed_at = times::read_rfc3339(time).ok_or(Refusal::TimestampMalformed)?;
        self.window.require_time(delivery, signed_at)?;
        let key = self.named_certificate(header("paypal-cert-url")?)?;
        if key.certificate().is_some_and(|certificate| !certificate.is_valid_at(signed_at)) {
            return Err(Refusal::CertificateExpired);
        }
        let crc = crc32(delivery.body);
        let verify = |webhook_id: &String| {
            let message = signed_text(id, time, webhook_id, crc);
            let form = SignatureForm::HeadersAndChecksum;
            key.verify_checksum(message.as_bytes(), &signature, form)
        };
        let proof = self.webhook_ids.iter().find_map(verify).ok_or(Refusal::SignatureMismatch)?;
        Ok(proof.with_single_use_token(id))
    }

    /// Returns the pinned certificate that the last part of the URL names. Nothing is fetched, so
    /// the rest of the URL has no meaning.
    fn named_certificate(&self, url: &str) -> Result<&PublicKey, Refusal> {
        let id = url.rsplit('/').next().unwrap_or_default();
        let mut pinned = self.certificates.iter();
        let unknown = || Refusal::UnknownCertificate(CertificateId::named(id));
        pinned.find(|key| key.id().as_str() == id).ok_or_else(unknown)
    }
}

/// Returns the text that PayPal signs.
pub(super) fn signed_text(id: &str, time: &str, webhook_id: &str, crc: u32) -> String {
    format!("{id}|{time}|{webhook_id}|{crc}")
}
