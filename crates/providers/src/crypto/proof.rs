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
    /// Headers and a checksum of the raw body. Other bodies have the same checksum.
    HeadersAndChecksum,
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
            Self::HeadersAndChecksum => "headers_and_checksum",
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
    single_use_token: Option<String>,
}

impl Proof {
    pub(super) fn verified(key_id: KeyId, form: SignatureForm) -> Self {
        Self { key_id, form, authenticity: Authenticity::Verified, single_use_token: None }
    }

    pub(super) fn decrypted(key_id: KeyId, form: SignatureForm) -> Self {
        Self { authenticity: Authenticity::Decrypted, ..Self::verified(key_id, form) }
    }

    pub(super) fn of_checksum(key_id: KeyId, form: SignatureForm) -> Self {
        Self { authenticity: Authenticity::Checksum, ..Self::verified(key_id, form) }
    }

    pub(super) fn bearer(key_id: KeyId, form: SignatureForm) -> Self {
        Self { authenticity: Authenticity::Bearer, ..Self::verified(key_id, form) }
    }

    /// Adds a token that the provider signs and uses for one content only. Recording refuses a
    /// message whose token came before with another body.
    pub fn with_single_use_token(self, token: &str) -> Self {
        Self { single_use_token: Some(token.to_owned()), ..self }
    }

    /// Returns the token that the provider uses for this content only, if it has one.
    pub fn single_use_token(&self) -> Option<&str> {
        self.single_use_token.as_deref()
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
