//! A provider's public key, in the forms that consoles and documentation show.

use std::fmt;

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA256, RsaParameters,
};
use data_encoding::BASE64;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::{PublicKey as Parsed, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{KeyId, Proof, SignatureForm};

/// The smallest RSA key that is accepted without `allow_legacy_keys`, in bits.
pub const SMALLEST_BITS: usize = 2048;
/// The smallest RSA key that is accepted with `allow_legacy_keys`, in bits.
pub const SMALLEST_LEGACY_BITS: usize = 1024;
/// The largest RSA key that is accepted, in bits. Verification with a larger one is too slow.
pub const LARGEST_BITS: usize = 8192;

/// A provider's RSA public key. It is parsed once.
pub struct PublicKey {
    id: KeyId,
    key: ParsedPublicKey,
    sha1: ParsedPublicKey,
    bits: usize,
    certificate: Option<Certificate>,
}

/// What a certificate contains besides its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The serial number, upper-case hex digits without leading zeros.
    pub serial: String,
    /// The first moment at which the certificate is valid.
    pub not_before: OffsetDateTime,
    /// The last moment at which the certificate is valid.
    pub not_after: OffsetDateTime,
}

impl Certificate {
    /// Returns whether the certificate is valid at this time.
    pub fn is_valid_at(&self, at: OffsetDateTime) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }
}

/// Why a configured text is not a usable public key. The error does not repeat the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// The text is neither PEM nor bare base64.
    #[error("expected a PEM public key, a PEM certificate or the bare base64 of a public key")]
    NotEncoded,
    /// The PEM block has another label, such as that of a private key.
    #[error("expected a PEM block PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE, found {0}")]
    WrongBlock(String),
    /// The block does not contain what its label says.
    #[error("expected the DER bytes of an RSA public key, found something else")]
    NotRsa,
    /// The key is too small or too large.
    #[error("expected an RSA key of {least} to {LARGEST_BITS} bits, found {found}")]
    Size {
        /// The size found, in bits.
        found: usize,
        /// The smallest size allowed here, in bits.
        least: usize,
    },
    /// The beginning or the end of the certificate's validity is not a time.
    #[error("the certificate's validity is not between two valid times")]
    Validity,
}

impl PublicKey {
    /// Parses `text`: PEM (`PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`) or the bare base64 of
    /// a public key. `allow_legacy` accepts 1024 bits as well.
    ///
    /// # Errors
    /// Says what was expected, without repeating the text.
    pub fn parse(id: &str, text: &str, allow_legacy: bool) -> Result<Self, PublicKeyError> {
        let (label, der) = decode(text)?;
        let bits = match label.as_str() {
            "CERTIFICATE" => {
                let (_, certificate) =
                    X509Certificate::from_der(&der).map_err(|_| PublicKeyError::NotRsa)?;
                return Self::of_certificate(id, &certificate, allow_legacy);
            }
            "PUBLIC KEY" => {
                let (_, info) =
                    SubjectPublicKeyInfo::from_der(&der).map_err(|_| PublicKeyError::NotRsa)?;
                bits_of(&info)?
            }
            "RSA PUBLIC KEY" => {
                let (_, key) = RSAPublicKey::from_der(&der).map_err(|_| PublicKeyError::NotRsa)?;
                key.key_size()
            }
            other => return Err(PublicKeyError::WrongBlock(other.to_owned())),
        };
        Self::of_key(id, &der, bits, None, allow_legacy)
    }

    /// Takes the key of a certificate.
    pub(super) fn of_certificate(
        id: &str,
        certificate: &X509Certificate<'_>,
        allow_legacy: bool,
    ) -> Result<Self, PublicKeyError> {
        let info = certificate.public_key();
        let described = Some(describe(certificate)?);
        Self::of_key(id, info.raw, bits_of(info)?, described, allow_legacy)
    }

    fn of_key(
        id: &str,
        der: &[u8],
        bits: usize,
        certificate: Option<Certificate>,
        allow_legacy: bool,
    ) -> Result<Self, PublicKeyError> {
        let (least, sha256, sha1) = if allow_legacy {
            (
                SMALLEST_LEGACY_BITS,
                &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            )
        } else {
            (
                SMALLEST_BITS,
                &RSA_PKCS1_2048_8192_SHA256,
                &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            )
        };
        if !(least..=LARGEST_BITS).contains(&bits) {
            return Err(PublicKeyError::Size { found: bits, least });
        }
        let parse = |algorithm: &'static RsaParameters| {
            ParsedPublicKey::new(algorithm, der).map_err(|_| PublicKeyError::NotRsa)
        };
        let (key, sha1) = (parse(sha256)?, parse(sha1)?);
        Ok(Self { id: KeyId::named(id), key, sha1, bits, certificate })
    }

    /// Verifies an RSA PKCS#1 v1.5 signature with SHA-256 over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8], form: SignatureForm) -> Option<Proof> {
        self.key.verify_sig(message, signature).ok()?;
        Some(Proof::verified(self.id.clone(), form))
    }

    /// Verifies a signature as [`Self::verify`] does, over a `message` that contains only a checksum
    /// of the content. The proof has the grade of a checksum.
    pub fn verify_checksum(
        &self,
        message: &[u8],
        signature: &[u8],
        form: SignatureForm,
    ) -> Option<Proof> {
        self.key.verify_sig(message, signature).ok()?;
        Some(Proof::of_checksum(self.id.clone(), form))
    }

    /// Verifies an RSA PKCS#1 v1.5 signature with SHA-1, for accounts that allow it.
    pub fn verify_sha1(
        &self,
        message: &[u8],
        signature: &[u8],
        form: SignatureForm,
    ) -> Option<Proof> {
        self.sha1.verify_sig(message, signature).ok()?;
        Some(Proof::verified(self.id.clone(), form))
    }

    /// Returns the id under which it is configured.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// Returns the size of its modulus in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// Returns the length of its signatures in bytes.
    pub fn signature_bytes(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// Returns its certificate, if it came in one.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[RSA public key {}, {} bits]", self.id, self.bits)
    }
}

fn decode(text: &str) -> Result<(String, Vec<u8>), PublicKeyError> {
    if text.contains("-----BEGIN ") {
        let mut blocks = Pem::iter_from_buffer(text.as_bytes());
        let block = blocks.next().and_then(Result::ok).ok_or(PublicKeyError::NotEncoded)?;
        return Ok((block.label, block.contents));
    }
    let bare: String = text.split_ascii_whitespace().collect();
    let der = BASE64.decode(bare.as_bytes()).map_err(|_| PublicKeyError::NotEncoded)?;
    if der.is_empty() {
        return Err(PublicKeyError::NotEncoded);
    }
    Ok(("PUBLIC KEY".to_owned(), der))
}

fn bits_of(info: &SubjectPublicKeyInfo<'_>) -> Result<usize, PublicKeyError> {
    match info.parsed() {
        Ok(Parsed::RSA(key)) => Ok(key.key_size()),
        Ok(_) | Err(_) => Err(PublicKeyError::NotRsa),
    }
}

fn describe(certificate: &X509Certificate<'_>) -> Result<Certificate, PublicKeyError> {
    let validity = certificate.validity();
    let time = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| PublicKeyError::Validity)
    };
    Ok(Certificate {
        serial: format!("{:X}", certificate.tbs_certificate.serial),
        not_before: time(validity.not_before.timestamp())?,
        not_after: time(validity.not_after.timestamp())?,
    })
}
