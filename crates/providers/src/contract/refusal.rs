//! Why a delivery is refused. The operator sees the reason; the sender never does.

use std::fmt;

use super::CertificateId;
use crate::crypto::Proof;

/// Why a delivery is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The `Content-Type` is not one that this provider uses.
    ContentType,
    /// The body does not have the form that the provider signs, so nothing can be verified.
    MalformedBody,
    /// A name occurs twice. In unescaped signed text that gives one signature two meanings.
    RepeatedName,
    /// A member has a kind of value for which the provider does not document how it is signed.
    UnsupportedValue,
    /// A value contains the separators of the signed text, so the text has two readings.
    AmbiguousValue,
    /// There is no signature.
    SignatureMissing,
    /// The signature is empty or not of the documented form.
    SignatureMalformed,
    /// There is more than one signature.
    SignatureRepeated,
    /// No key of the account made this signature.
    SignatureMismatch,
    /// The provider sent a wrong signature on purpose, to check that receivers verify. This is
    /// normal.
    SignatureProbe,
    /// The request names an algorithm that this account does not accept.
    UnsupportedAlgorithm,
    /// A signed header is absent or empty.
    HeaderMissing,
    /// A signed header occurs more than once.
    HeaderRepeated,
    /// The header with the token or password is absent or empty.
    CredentialMissing,
    /// The header with the token or password occurs more than once.
    CredentialRepeated,
    /// The token or password is none of the account's.
    CredentialMismatch,
    /// The time of signing does not have the documented form.
    TimestampMalformed,
    /// The time of signing is too far from the time of receipt.
    Stale,
    /// The request names a key that the account does not have.
    UnknownKey,
    /// The message contains no certificate that can be read, or its key is too small.
    CertificateMalformed,
    /// No certificate of the account leads to the certificate that the message names.
    CertificateUntrusted,
    /// The certificate or one of its issuers was not valid at the time of receipt, or at the time of
    /// signing where the provider signs one.
    CertificateExpired,
    /// The certificate is trusted, and it is not the provider's.
    CertificateOwner,
    /// The request names a certificate that the account does not have. An operator can pin it while
    /// the provider sends again.
    UnknownCertificate(CertificateId),
    /// The account does not accept this dialect.
    NotEnabled,
    /// The message is for another account with the same key.
    WrongAccount,
    /// The single-use token of the message came before, with another body. Recording finds this; no
    /// provider returns it.
    TransmissionReused,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 27] = [
        Self::ContentType,
        Self::MalformedBody,
        Self::RepeatedName,
        Self::UnsupportedValue,
        Self::AmbiguousValue,
        Self::SignatureMissing,
        Self::SignatureMalformed,
        Self::SignatureRepeated,
        Self::SignatureMismatch,
        Self::SignatureProbe,
        Self::UnsupportedAlgorithm,
        Self::HeaderMissing,
        Self::HeaderRepeated,
        Self::CredentialMissing,
        Self::CredentialRepeated,
        Self::CredentialMismatch,
        Self::TimestampMalformed,
        Self::Stale,
        Self::UnknownKey,
        Self::CertificateMalformed,
        Self::CertificateUntrusted,
        Self::CertificateExpired,
        Self::CertificateOwner,
        Self::UnknownCertificate(CertificateId::UNNAMED),
        Self::NotEnabled,
        Self::WrongAccount,
        Self::TransmissionReused,
    ];

    /// Returns whether the reason is that none of the account's keys, tokens or passwords fits.
    pub fn is_of_key(self) -> bool {
        match self {
            Self::SignatureMismatch
            | Self::CredentialMismatch
            | Self::CertificateUntrusted
            | Self::CertificateExpired => true,
            Self::ContentType
            | Self::MalformedBody
            | Self::RepeatedName
            | Self::UnsupportedValue
            | Self::AmbiguousValue
            | Self::SignatureMissing
            | Self::SignatureMalformed
            | Self::SignatureRepeated
            | Self::SignatureProbe
            | Self::UnsupportedAlgorithm
            | Self::HeaderMissing
            | Self::HeaderRepeated
            | Self::CredentialMissing
            | Self::CredentialRepeated
            | Self::TimestampMalformed
            | Self::Stale
            | Self::UnknownKey
            | Self::CertificateMalformed
            | Self::CertificateOwner
            | Self::UnknownCertificate(_)
            | Self::NotEnabled
            | Self::WrongAccount
            | Self::TransmissionReused => false,
        }
    }

    /// Returns the word for the reason in metrics and in logs. It is the first part of the reason in
    /// the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContentType => "content_type",
            Self::MalformedBody => "malformed_body",
            Self::RepeatedName => "repeated_name",
            Self::UnsupportedValue => "unsupported_value",
            Self::AmbiguousValue => "ambiguous_value",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureMalformed => "signature_malformed",
            Self::SignatureRepeated => "signature_repeated",
            Self::SignatureMismatch => "signature_mismatch",
            Self::SignatureProbe => "signature_probe",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::HeaderMissing => "header_missing",
            Self::HeaderRepeated => "header_repeated",
            Self::CredentialMissing => "credential_missing",
            Self::CredentialRepeated => "credential_repeated",
            Self::CredentialMismatch => "credential_mismatch",
            Self::TimestampMalformed => "timestamp_malformed",
            Self::Stale => "stale",
            Self::UnknownKey => "unknown_key",
            Self::CertificateMalformed => "certificate_malformed",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateOwner => "certificate_owner",
            Self::UnknownCertificate(_) => "unknown_certificate",
            Self::NotEnabled => "not_enabled",
            Self::WrongAccount => "wrong_account",
            Self::TransmissionReused => "transmission_reused",
        }
    }

    /// Returns the id of the certificate that the request names and the account does not have, if
    /// that is the reason and the id can be shown.
    pub fn certificate_id(&self) -> Option<&str> {
        let Self::UnknownCertificate(id) = self else { return None };
        Some(id.as_str()).filter(|id| !id.is_empty())
    }
}

/// Writes the reason as the database has it: the word, and the id of an unknown certificate.
impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certificate_id() {
            None => formatter.write_str(self.as_str()),
            Some(id) => write!(formatter, "{}:{id}", self.as_str()),
        }
    }
}

/// Why authentication returned no [`Authentic`](super::Authentic).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAuthentic {
    /// The delivery is refused.
    Refused(Refusal),
    /// The proof holds, but no decryption key of the account opens the content.
    Undecryptable(Proof),
}

impl From<Refusal> for NotAuthentic {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
