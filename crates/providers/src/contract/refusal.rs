//! Why a delivery is refused. The operator sees the reason; the sender never does.

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
    /// The certificate or one of its issuers was not valid at the time of receipt.
    CertificateExpired,
    /// The certificate is trusted, and it is not the provider's.
    CertificateOwner,
    /// The account does not accept this dialect.
    NotEnabled,
    /// The message is for another account with the same key.
    WrongAccount,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 25] = [
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
        Self::NotEnabled,
        Self::WrongAccount,
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
            | Self::NotEnabled
            | Self::WrongAccount => false,
        }
    }

    /// Returns the word for the reason in the database, in metrics and in logs.
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
            Self::NotEnabled => "not_enabled",
            Self::WrongAccount => "wrong_account",
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
