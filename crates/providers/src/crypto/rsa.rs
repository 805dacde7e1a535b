//! Signing with throw-away keys, for `simulate` and `demo`. The receiver never signs with RSA.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::BASE64;
use rustls_pki_types::PrivatePkcs8KeyDer;
use x509_parser::pem::Pem;

use super::{PublicKey, SignatureForm};

/// A private RSA key that signs as the provider.
pub struct SigningKey(KeyPair);

/// Why a key could not be read, made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The text is not a private key.
    #[error("expected a PEM block PRIVATE KEY or RSA PRIVATE KEY that holds an RSA key")]
    NotAKey,
    /// The library returned an error.
    #[error("the cryptographic library could not generate, encode or use an RSA key")]
    Library,
}

impl SigningKey {
    /// Makes a new key of 2048 bits.
    pub fn generate() -> Result<Self, SigningError> {
        KeyPair::generate(KeySize::Rsa2048).map(Self).map_err(|_| SigningError::Library)
    }

    /// Reads the first PEM block of `text`, PKCS#8 or PKCS#1.
    pub fn from_pem(text: &str) -> Result<Self, SigningError> {
        let mut blocks = Pem::iter_from_buffer(text.as_bytes());
        let block = blocks.next().and_then(Result::ok).ok_or(SigningError::NotAKey)?;
        let key = KeyPair::from_pkcs8(&block.contents)
            .or_else(|_| KeyPair::from_der(&block.contents))
            .map_err(|_| SigningError::NotAKey)?;
        Ok(Self(key))
    }

    /// Returns the private key as PKCS#8 PEM.
    pub fn to_pem(&self) -> Result<String, SigningError> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().map_err(|_| SigningError::Library)?;
        Ok(pem("PRIVATE KEY", der.as_ref()))
    }

    /// Returns the public key as PEM.
    pub fn public_pem(&self) -> Result<String, SigningError> {
        let der: PublicKeyX509Der<'_> =
            self.0.public_key().as_der().map_err(|_| SigningError::Library)?;
        Ok(pem("PUBLIC KEY", der.as_ref()))
    }

    /// Makes a certificate of the public key that the key itself signs, valid from 2020 to 2049.
    /// Returns PEM.
    pub fn self_signed(&self, common_name: &str) -> Result<String, SigningError> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().map_err(|_| SigningError::Library)?;
        let der = PrivatePkcs8KeyDer::from(der.as_ref());
        let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256);
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, common_name);
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2049, 1, 1);
        let certificate = key.and_then(|key| parameters.self_signed(&key));
        Ok(pem("CERTIFICATE", certificate.map_err(|_| SigningError::Library)?.der()))
    }

    /// Returns whether a public key verifies what this key signs.
    pub fn is_of(&self, public: &PublicKey) -> bool {
        let message = b"whose key is this?";
        self.sign_sha256(message).is_ok_and(|signature| {
            public.verify(message, &signature, SignatureForm::Body).is_some()
        })
    }

    /// Signs with RSA PKCS#1 v1.5 and SHA-256.
    pub fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| SigningError::Library)?;
        Ok(signature)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[private key]")
    }
}

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::SigningKey;
    use crate::crypto::{PublicKey, SignatureForm};

    #[test]
    fn what_a_key_signs_its_public_half_verifies_after_both_went_through_text() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
        let public = PublicKey::parse("1", &key.public_pem().unwrap(), false).unwrap();
        let signature = again.sign_sha256(b"message").unwrap();
        assert!(public.verify(b"message", &signature, SignatureForm::Envelope).is_some());
        assert!(public.verify(b"massage", &signature, SignatureForm::Envelope).is_none());
        assert!(public.verify(b"message", &[], SignatureForm::Envelope).is_none());
    }
}
