//! The proof that a content was verified.

use super::KeyId;
use crate::refund::Authenticity;

/// Which reading of the provider's rule the signature matched. It is stored with the delivery,
/// because some rules have two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureForm {
    /// Sorted `name=value` text without empty members.
    EmptyLeftOut,
    /// Sorted `name=value` text in which an empty member is `name=`.
    EmptyKept,
    /// Sorted `name=value` text, where the provider's rule has one reading.
    Canonical,
    /// Some members of a message, in a fixed order.
    Members,
    /// A text that an envelope contains as a whole.
    Envelope,
    /// As [`Self::EmptyKept`], with the name of the algorithm among the signed members.
    SignTypeKept,
    /// Headers and the raw body.
    HeadersAndBody,
    /// A timestamp and the raw body.
    TimestampAndBody,
    /// The raw body.
    Body,
    /// No signature: the content decrypts, and nothing else proves it.
    Decryption,
    /// No signature: a token beside the content.
    Token,
}

impl SignatureForm {
    /// Returns the word for the form in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyLeftOut => "empty_left_out",
            Self::EmptyKept => "empty_kept",
            Self::Canonical => "canonical",
            Self::Members => "members",
            Self::Envelope => "envelope",
            Self::SignTypeKept => "sign_type_kept",
            Self::HeadersAndBody => "headers_and_body",
            Self::TimestampAndBody => "timestamp_and_body",
            Self::Body => "body",
            Self::Decryption => "decryption",
            Self::Token => "token",
        }
    }
}

/// The proof that a key of the account verified a content. Only functions of [`crate::crypto`] that
/// have just verified something can make one.
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

    pub(super) fn bearer(key_id: KeyId, form: SignatureForm) -> Self {
        Self { key_id, form, authenticity: Authenticity::Bearer }
    }

    /// Returns the id of the key that verified the content.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// Returns the reading of the rule that matched.
    pub fn form(&self) -> SignatureForm {
        self.form
    }

    /// Returns the grade of the proof.
    pub fn authenticity(&self) -> Authenticity {
        self.authenticity
    }
}
