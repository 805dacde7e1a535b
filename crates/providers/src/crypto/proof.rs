//! The proof that something was verified.

use super::KeyId;
use crate::refund::Authenticity;

/// Which reading of the provider's rule a signature matched, kept with the delivery because some
/// rules leave room for two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureForm {
    /// Sorted `name=value` text without empty members.
    EmptyLeftOut,
    /// Sorted `name=value` text in which empty text stands as `name=`.
    EmptyKept,
    /// Sorted `name=value` text, the provider's only rule.
    Canonical,
    /// The signed text stands whole in an envelope.
    Envelope,
    /// As [`Self::EmptyKept`], with the name of the algorithm among the signed members.
    SignTypeKept,
    /// Headers and the raw body.
    HeadersAndBody,
    /// A timestamp and the raw body.
    TimestampAndBody,
    /// No signature: nothing but that it decrypts.
    Decryption,
}

impl SignatureForm {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyLeftOut => "empty_left_out",
            Self::EmptyKept => "empty_kept",
            Self::Canonical => "canonical",
            Self::Envelope => "envelope",
            Self::SignTypeKept => "sign_type_kept",
            Self::HeadersAndBody => "headers_and_body",
            Self::TimestampAndBody => "timestamp_and_body",
            Self::Decryption => "decryption",
        }
    }
}

/// Says that a key of the account's owner and its provider vouches for a content. Only functions
/// of [`crate::crypto`] that have just verified something can make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    key_id: KeyId,
    form: SignatureForm,
    authenticity: Authenticity,
}

impl Proof {
    pub(super) fn verified(key_id: KeyId, form: SignatureForm) -> Self {
        Self { key_id, form, authenticity: Authenticity::Verified }
    }

    pub(super) fn decrypted(key_id: KeyId, form: SignatureForm) -> Self {
        Self { key_id, form, authenticity: Authenticity::Decrypted }
    }

    /// Which key it was.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// Which reading of the rule matched.
    pub fn form(&self) -> SignatureForm {
        self.form
    }

    /// How much the proof is worth.
    pub fn authenticity(&self) -> Authenticity {
        self.authenticity
    }
}
