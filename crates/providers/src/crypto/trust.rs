//! Trust in certificates that come inside messages.
//!
//! The key in such a certificate proves nothing. Trust comes only from the certificates of the
//! account: from the same certificate, or from the chain to a root. `webpki` judges chains, with the
//! RSA of `aws-lc-rs`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    TrustAnchor, UnixTime, alg_id,
};
use time::OffsetDateTime;
use webpki::aws_lc_rs::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
};
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert,
};

use super::certified_key::der_of_pem;
use super::{CertifiedKey, PublicKeyError};

/// The most certificates of messages that are remembered. A provider has one or two in force.
const MOST_KNOWN: usize = 8;

/// The certificates that an account trusts, and those of messages to which they lead.
pub struct Trust {
    pinned: Vec<Arc<CertifiedKey>>,
    intermediates: Vec<CertifiedKey>,
    roots: Vec<(CertifiedKey, TrustAnchor<'static>)>,
    algorithms: Vec<&'static dyn SignatureVerificationAlgorithm>,
    /// Certificates of messages that were trusted. The oldest is in front. They save time and decide
    /// nothing: the time of receipt is judged at each use.
    known: Mutex<VecDeque<Known>>,
}

/// A certificate as it came in a message. If a chain led to it, it is valid only as long as the whole
/// chain.
struct Known {
    pem: Vec<u8>,
    certificate: Arc<CertifiedKey>,
}

/// Why a certificate is not trusted. If several chains fail, the greatest reason says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distrust {
    /// It is not X.509 with an RSA key of 2048 bits or more.
    Malformed,
    /// No certificate of the account leads to it.
    Untrusted,
    /// A certificate of the chain is signed by an algorithm that the account does not allow.
    Algorithm,
    /// It, or one of its issuers, is not valid at the time of receipt.
    Expired,
}

impl Trust {
    /// Trusts these certificates, and those that an intermediate and a root lead to. The signatures
    /// of the chain may be SHA-1 only with `allow_sha1`.
    ///
    /// # Errors
    /// [`PublicKeyError::NotRsa`] if a root cannot be the end of a chain.
    pub fn new(
        pinned: Vec<CertifiedKey>,
        intermediates: Vec<CertifiedKey>,
        roots: Vec<CertifiedKey>,
        allow_sha1: bool,
    ) -> Result<Self, PublicKeyError> {
        let anchored = |root: CertifiedKey| {
            let der = CertificateDer::from(root.der());
            let anchor = anchor_from_trusted_cert(&der).map_err(|_| PublicKeyError::NotRsa)?;
            let anchor = anchor.to_owned();
            Ok((root, anchor))
        };
        let mut algorithms = vec![
            RSA_PKCS1_2048_8192_SHA256,
            RSA_PKCS1_2048_8192_SHA384,
            RSA_PKCS1_2048_8192_SHA512,
        ];
        if allow_sha1 {
            algorithms.push(&RsaSha1);
        }
        Ok(Self {
            pinned: pinned.into_iter().map(Arc::new).collect(),
            intermediates,
            roots: roots.into_iter().map(anchored).collect::<Result<_, _>>()?,
            algorithms,
            known: Mutex::default(),
        })
    }

    /// Returns the account's own certificates: those of senders, of intermediates and of roots.
    pub fn certificates(&self) -> impl Iterator<Item = &CertifiedKey> {
        let roots = self.roots.iter().map(|(root, _)| root);
        self.pinned().chain(&self.intermediates).chain(roots)
    }

    /// Returns the certificates of senders that the account lists.
    pub fn pinned(&self) -> impl Iterator<Item = &CertifiedKey> {
        self.pinned.iter().map(|pinned| &**pinned)
    }

    /// Returns the account's certificate of a sender with this serial number, in decimal digits, if it
    /// is valid at the time `at`.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn pinned_by_serial(
        &self,
        serial: &[u8],
        at: OffsetDateTime,
    ) -> Result<Arc<CertifiedKey>, Distrust> {
        let pinned = self.pinned.iter().find(|one| one.serial().as_bytes() == serial);
        let pinned = pinned.ok_or(Distrust::Untrusted)?;
        if pinned.is_valid(at) { Ok(Arc::clone(pinned)) } else { Err(Distrust::Expired) }
    }

    /// Returns the certificate in a PEM text, if it is trusted at the time `at`.
    ///
    /// # Errors
    /// Says why it is not.
    pub fn certificate(
        &self,
        pem: &[u8],
        at: OffsetDateTime,
    ) -> Result<Arc<CertifiedKey>, Distrust> {
        if let Some(known) = self.find_known(at, |known| known.pem == pem) {
            return Ok(known);
        }
        let der = der_of_pem(pem).map_err(|_| Distrust::Malformed)?;
        // Other spellings of a known certificate do not evict it.
        if let Some(known) = self.find_known(at, |known| known.certificate.der() == der) {
            return Ok(known);
        }
        let certificate = match self.pinned.iter().find(|pinned| pinned.der() == der) {
            Some(pinned) if pinned.is_valid(at) => Arc::clone(pinned),
            Some(_) => return Err(Distrust::Expired),
            None => Arc::new(self.verify(&der, at)?),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|other| other.certificate.der() != der);
        if known.len() >= MOST_KNOWN {
            known.pop_front();
        }
        known.push_back(Known { pem: pem.to_vec(), certificate: Arc::clone(&certificate) });
        Ok(certificate)
    }

    fn find_known(
        &self,
        at: OffsetDateTime,
        is_it: impl Fn(&Known) -> bool,
    ) -> Option<Arc<CertifiedKey>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|known| is_it(known) && known.certificate.is_valid(at));
        found.map(|known| Arc::clone(&known.certificate))
    }

    /// Judges each chain. The result is valid only as long as all certificates of its chain.
    fn verify(&self, der: &[u8], at: OffsetDateTime) -> Result<CertifiedKey, Distrust> {
        let mut certificate = CertifiedKey::from_der(None, der).map_err(|_| Distrust::Malformed)?;
        let leaf = CertificateDer::from(der);
        let leaf = EndEntityCert::try_from(&leaf).map_err(|_| Distrust::Malformed)?;
        let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| Distrust::Expired)?;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let intermediates: Vec<CertificateDer<'_>> =
            self.intermediates.iter().map(|one| CertificateDer::from(one.der())).collect();
        let mut distrust = Distrust::Untrusted;
        for (root, anchor) in &self.roots {
            let anchors = std::slice::from_ref(anchor);
            let path = leaf.verify_for_usage(
                &self.algorithms,
                anchors,
                &intermediates,
                time,
                AnyPurpose,
                None,
                None,
            );
            match path {
                Ok(path) if root.is_valid(at) => {
                    let mut issuers = path.intermediate_certificates().peekable();
                    // A root signs no messages' certificates itself.
                    if issuers.peek().is_none() {
                        continue;
                    }
                    for issuer in issuers {
                        let der = issuer.der();
                        let used = self.intermediates.iter().find(|one| one.der() == &*der);
                        certificate.shorten(used.ok_or(Distrust::Untrusted)?);
                    }
                    certificate.shorten(root);
                    return Ok(certificate);
                }
                // An anchor is only a name and a key for `webpki`.
                Ok(_) => distrust = distrust.max(Distrust::Expired),
                Err(error) => distrust = distrust.max(reason_of(&error)),
            }
        }
        Err(distrust)
    }
}

fn reason_of(error: &webpki::Error) -> Distrust {
    use webpki::Error::{CertExpired, CertNotValidYet, UnsupportedSignatureAlgorithmContext};

    if matches!(error, CertExpired { .. } | CertNotValidYet { .. }) {
        Distrust::Expired
    } else if matches!(error, UnsupportedSignatureAlgorithmContext(_)) {
        Distrust::Algorithm
    } else {
        Distrust::Untrusted
    }
}

/// Providers' certificates name purposes such as e-mail, and none means signing notifications.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// RSA PKCS#1 v1.5 with SHA-1, which `webpki` does not have. Only the signatures of certificates are
/// verified by it.
#[derive(Debug)]
struct RsaSha1;

impl SignatureVerificationAlgorithm for RsaSha1 {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        // sha1WithRSAEncryption, 1.2.840.113549.1.1.5, with NULL (RFC 3279).
        AlgorithmIdentifier::from_slice(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00")
    }

    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.certificates().map(|one| one.key().id())).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
    use time::macros::datetime;

    use super::{Distrust, MOST_KNOWN, Trust};
    use crate::crypto::{CertifiedKey, rsa};

    const BEFORE: i32 = 2020;

    struct Chain {
        trust: Trust,
        intermediate: CertifiedIssuer<'static, KeyPair>,
        key: KeyPair,
    }

    fn new_key() -> KeyPair {
        KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap()
    }

    fn parameters(name: &str, until: i32, is_ca: bool) -> CertificateParams {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.not_before = rcgen::date_time_ymd(BEFORE, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(until, 1, 1);
        if is_ca {
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        parameters
    }

    impl Chain {
        /// Makes a chain whose intermediate and root are valid until the given years.
        fn new(intermediate_until: i32, root_until: i32) -> Self {
            let root = parameters("root", root_until, true);
            let root = CertifiedIssuer::self_signed(root, new_key()).unwrap();
            let middle = parameters("middle", intermediate_until, true);
            let middle = CertifiedIssuer::signed_by(middle, new_key(), &root).unwrap();
            let read = |der: &[u8]| vec![CertifiedKey::from_der(Some("id"), der).unwrap()];
            let trust = Trust::new(Vec::new(), read(middle.der()), read(root.der()), false);
            Self { trust: trust.unwrap(), intermediate: middle, key: new_key() }
        }

        fn leaf(&self, name: &str, until: i32) -> Vec<u8> {
            let leaf = parameters(name, until, false).signed_by(&self.key, &self.intermediate);
            rsa::pem("CERTIFICATE", leaf.unwrap().der()).into_bytes()
        }
    }

    #[test]
    fn a_known_certificate_is_judged_anew_at_each_time_of_receipt() {
        let chain = Chain::new(2030, 2035);
        let leaf = chain.leaf("leaf", 2028);
        let judge = |at| chain.trust.certificate(&leaf, at);
        let first = judge(datetime!(2026-01-01 00:00 UTC)).unwrap();
        let again = judge(datetime!(2027-12-31 00:00 UTC)).unwrap();
        assert!(Arc::ptr_eq(&first, &again), "it was not remembered");
        for at in [datetime!(2028-01-02 00:00 UTC), datetime!(2019-12-31 00:00 UTC)] {
            assert_eq!(judge(at).unwrap_err(), Distrust::Expired, "{at}");
        }
        assert!(judge(datetime!(2026-01-01 00:00 UTC)).is_ok());
    }

    #[test]
    fn a_known_certificate_is_valid_only_as_long_as_its_issuers() {
        for (intermediate, root) in [(2030, 2035), (2035, 2030)] {
            let chain = Chain::new(intermediate, root);
            let leaf = chain.leaf("leaf", 2040);
            let judge = |at| chain.trust.certificate(&leaf, at).map(drop);
            assert_eq!(judge(datetime!(2029-12-31 00:00 UTC)), Ok(()));
            assert_eq!(judge(datetime!(2030-01-02 00:00 UTC)), Err(Distrust::Expired));
        }
    }

    #[test]
    fn only_trusted_certificates_are_remembered_and_only_some_of_them() {
        let (chain, at) = (Chain::new(2030, 2030), datetime!(2026-01-01 00:00 UTC));
        let stranger = Chain::new(2030, 2030).leaf("leaf", 2030);
        assert_eq!(chain.trust.certificate(&stranger, at).unwrap_err(), Distrust::Untrusted);
        assert_eq!(chain.trust.certificate(b"no PEM", at).unwrap_err(), Distrust::Malformed);
        assert_eq!(chain.trust.known.lock().unwrap().len(), 0);
        let leaves: Vec<_> =
            (0..=MOST_KNOWN).map(|number| chain.leaf(&number.to_string(), 2030)).collect();
        for leaf in leaves.iter().chain(&leaves) {
            assert!(chain.trust.certificate(leaf, at).is_ok());
            assert!(chain.trust.known.lock().unwrap().len() <= MOST_KNOWN);
        }
        let known = || Arc::clone(&chain.trust.known.lock().unwrap().back().unwrap().certificate);
        let (last, spelled) = (known(), [leaves.last().unwrap(), &b"\r\n"[..]].concat());
        assert!(Arc::ptr_eq(&chain.trust.certificate(&spelled, at).unwrap(), &last));
        assert_eq!(chain.trust.known.lock().unwrap().len(), MOST_KNOWN);
    }
}
