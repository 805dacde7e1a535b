//! UnionPay's signature: RSA over the hex digits of a digest of the sorted, once-decoded parameters.
//! The text is hashed twice: to the digits, and by RSA.
//!
//! Follows UnionPay's own SDK (`SDKUtil.validate`, `CertUtil.verifyCertificate`). Only the body is
//! signed; a query is ignored.

use std::sync::Arc;

use time::OffsetDateTime;

use super::{UnionPay, Version, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::hash::{sha1_hex, sha256_hex};
use crate::crypto::trust::Distrust;
use crate::crypto::{CertifiedKey, Proof, SignatureForm};
use crate::kit::rules::{self, BodyForm};
use crate::kit::signature::signature_parameter;
use crate::wire::form::Pairs;

impl Authenticate for UnionPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Form)?;
        let pairs = Pairs::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
        if pairs.has_repeats_except(wire::SIGNATURE) {
            return Err(Refusal::RepeatedName.into());
        }
        let signature = signature_parameter(&pairs, wire::SIGNATURE)?;
        let version = self.version(&pairs)?;
        let certificate = self.certificate(version, &pairs, delivery.received_at)?;
        let proof = verify(version, &certificate, &pairs, &signature)?;
        if pairs.get("merId") != Some(self.mer_id.as_bytes()) {
            return Err(Refusal::WrongAccount.into());
        }
        if wire::UNESCAPED.is_ambiguous(&pairs) {
            return Err(Refusal::AmbiguousValue.into());
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}

impl UnionPay {
    /// Returns the version of the message. The account decides which ones it accepts.
    fn version(&self, pairs: &Pairs<'_>) -> Result<Version, Refusal> {
        let version = match pairs.present("version") {
            Some(b"5.1.0") => Version::Current,
            Some(b"5.0.0") => Version::Legacy,
            Some(_) | None => return Err(Refusal::UnsupportedAlgorithm),
        };
        let is_rsa = pairs.present("signMethod") == Some(wire::RSA.as_bytes());
        let is_accepted = is_rsa && self.versions.contains(&version);
        if is_accepted { Ok(version) } else { Err(Refusal::UnsupportedAlgorithm) }
    }

    /// Returns the certificate of the key that signs. It is trusted as of the time of receipt, and
    /// it is UnionPay's.
    fn certificate(
        &self,
        version: Version,
        pairs: &Pairs<'_>,
        at: OffsetDateTime,
    ) -> Result<Arc<CertifiedKey>, Refusal> {
        let certificate = match version {
            Version::Current => {
                self.trust.certificate(pairs.present(wire::CERTIFICATE).unwrap_or_default(), at)
            }
            Version::Legacy => {
                self.trust.pinned_by_serial(pairs.present("certId").unwrap_or_default(), at)
            }
        };
        let certificate = certificate.map_err(|distrust| match distrust {
            Distrust::Malformed => Refusal::CertificateMalformed,
            Distrust::Untrusted => Refusal::CertificateUntrusted,
            Distrust::Algorithm => Refusal::UnsupportedAlgorithm,
            Distrust::Expired => Refusal::CertificateExpired,
        })?;
        let name = certificate.common_name();
        let is_test = self.allow_test_certificate && name == wire::TEST_NAME;
        let is_owner = is_test || name.split('@').nth(2) == Some(wire::OWNER);
        if is_owner { Ok(certificate) } else { Err(Refusal::CertificateOwner) }
    }
}

/// Verifies both readings of the rule: UnionPay's SDK leaves out empty parameters, and no page says
/// whether they are signed. Both are signatures over the full content, so either is safe.
fn verify(
    version: Version,
    certificate: &CertifiedKey,
    pairs: &Pairs<'_>,
    signature: &[u8],
) -> Result<Proof, Refusal> {
    let key = certificate.key();
    let attempt = |keep_empty, form| {
        let text = pairs.signed_text(&[wire::SIGNATURE], keep_empty);
        match version {
            Version::Current => key.verify(sha256_hex(&text).as_bytes(), signature, form),
            Version::Legacy => key.verify_sha1(sha1_hex(&text).as_bytes(), signature, form),
        }
    };
    if let Some(proof) = attempt(true, SignatureForm::EmptyKept) {
        return Ok(proof);
    }
    if pairs.iter().any(|(_, value)| value.is_empty())
        && let Some(proof) = attempt(false, SignatureForm::EmptyLeftOut)
    {
        return Ok(proof);
    }
    Err(Refusal::SignatureMismatch)
}
