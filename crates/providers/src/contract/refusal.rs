//! Why a delivery is not believed. Told to the operator, never to the sender.

use crate::crypto::Proof;

/// Why a delivery is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The `Content-Type` is not one in which this provider sends.
    ContentType,
    /// The body is not of the form in which the provider signs, so nothing can be verified.
    MalformedBody,
    /// A name stands twice: with unescaped signed text that makes two meanings of one signature.
    RepeatedName,
    /// A member holds a kind of value of which the provider does not say how it is signed.
    UnsupportedValue,
    /// A value holds the separators of the signed text, which could then be read in two ways.
    AmbiguousValue,
    /// There is no signature.
    SignatureMissing,
    /// The signature is empty or not of the documented form.
    SignatureMalformed,
    /// There is more than one signature.
    SignatureRepeated,
    /// No active key of the account made this signature.
    SignatureMismatch,
    /// The signature is one that the provider sends to see whether receivers verify. Normal.
    SignatureProbe,
    /// The request asks for an algorithm that this account does not verify.
    UnsupportedAlgorithm,
    /// A header that is signed is absent or empty.
    HeaderMissing,
    /// A header that is signed stands more than once.
    HeaderRepeated,
    /// The time of signing is no number of seconds.
    TimestampMalformed,
    /// Signed too long before its receipt, or after it.
    Stale,
    /// The request names a key that the account does not have.
    UnknownKey,
    /// The dialect is not switched on for the account.
    NotEnabled,
    /// The message is for another account of the same key.
    WrongAccount,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 18] = [
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
        Self::TimestampMalformed,
        Self::Stale,
        Self::UnknownKey,
        Self::NotEnabled,
        Self::WrongAccount,
    ];

    /// The word in the database, in metrics and logs.
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
            Self::TimestampMalformed => "timestamp_malformed",
            Self::Stale => "stale",
            Self::UnknownKey => "unknown_key",
            Self::NotEnabled => "not_enabled",
            Self::WrongAccount => "wrong_account",
        }
    }
}

/// Why `authenticate` gave no [`Authentic`](super::Authentic).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAuthentic {
    /// Not believed.
    Refused(Refusal),
    /// Believed, by this proof, but our decryption key does not open it.
    Undecryptable(Proof),
}

impl From<Refusal> for NotAuthentic {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
