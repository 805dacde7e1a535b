//! A public key in a certificate, with what the certificate says about it.

use std::ops::RangeInclusive;

use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;

use super::{PublicKey, PublicKeyError, hash, rsa};

/// A certificate that has been parsed. Whether anybody trusts it is another question.
#[derive(Debug)]
pub struct CertifiedKey {
    der: Vec<u8>,
    key: PublicKey,
    common_name: String,
    serial: String,
    is_authority: bool,
    /// In whole seconds since 1970.
    validity: RangeInclusive<i64>,
}

/// Returns the DER bytes of a text that is exactly one PEM block `CERTIFICATE`.
///
/// # Errors
/// [`PublicKeyError::NotEncoded`] or [`PublicKeyError::WrongBlock`].
pub fn der_of_pem(text: &[u8]) -> Result<Vec<u8>, PublicKeyError> {
    let mut blocks = Pem::iter_from_buffer(text);
    match (blocks.next(), blocks.next()) {
        (Some(Ok(block)), None) if block.label == "CERTIFICATE" => Ok(block.contents),
        (Some(Ok(block)), None) => Err(PublicKeyError::WrongBlock(block.label)),
        (None | Some(_), None | Some(_)) => Err(PublicKeyError::NotEncoded),
    }
}

impl CertifiedKey {
    /// Reads a certificate. Without an `id`, the id of its key is the SHA-256 of these bytes, as 64
    /// lower-case hex digits.
    ///
    /// # Errors
    /// Says what was expected: X.509 with an RSA key of 2048 bits or more.
    pub fn from_der(id: Option<&str>, der: &[u8]) -> Result<Self, PublicKeyError> {
        let (rest, certificate) =
            X509Certificate::from_der(der).map_err(|_| PublicKeyError::NotRsa)?;
        if !rest.is_empty() {
            return Err(PublicKeyError::NotRsa);
        }
        let digest = hash::sha256_hex(der);
        let key = PublicKey::of_certificate(id.unwrap_or(&digest), &certificate, false)?;
        let validity = certificate.validity();
        let mut names = certificate.subject().iter_common_name();
        let common_name = match (names.next(), names.next()) {
            (Some(name), None) => name.as_str().unwrap_or_default(),
            (None | Some(_), None | Some(_)) => "",
        };
        Ok(Self {
            der: der.to_vec(),
            common_name: common_name.to_owned(),
            serial: certificate.tbs_certificate.serial.to_string(),
            is_authority: certificate.is_ca(),
            validity: validity.not_before.timestamp()..=validity.not_after.timestamp(),
            key,
        })
    }

    /// Returns the bytes of the certificate.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the certificate as PEM whose lines end in CR and LF.
    pub fn to_pem(&self) -> String {
        rsa::pem("CERTIFICATE", &self.der).replace('\n', "\r\n")
    }

    /// Returns the key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns the common name of the subject. It is empty if there is not exactly one.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// Returns the serial number in decimal digits.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Returns whether the certificate may issue others.
    pub fn is_authority(&self) -> bool {
        self.is_authority
    }

    /// Returns whether the certificate is valid at a time.
    pub fn is_valid(&self, at: OffsetDateTime) -> bool {
        self.validity.contains(&at.unix_timestamp())
    }

    /// Shortens the validity to that of an issuer.
    pub(super) fn shorten(&mut self, issuer: &Self) {
        let from = *self.validity.start().max(issuer.validity.start());
        let until = *self.validity.end().min(issuer.validity.end());
        self.validity = from..=until;
    }
}
