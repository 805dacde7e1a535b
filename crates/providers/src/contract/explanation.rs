//! What a delivery presents for its verification, for people who ask why it was refused.

use time::OffsetDateTime;

use super::KeyDescription;
use crate::crypto::KeyId;

/// What a delivery presents, and what it is compared with. It contains no secret, no token and no
/// password, and nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The id of the key that the request names, as its sender wrote it.
    pub named_key: Option<String>,
    /// The ids of the account's keys that are tried.
    pub tried_keys: Vec<KeyId>,
    /// The ids of the account's keys that open the content, if the provider encrypts it.
    pub decryption_keys: Vec<KeyId>,
    /// When the request says that it was signed.
    pub signed_at: Option<OffsetDateTime>,
    /// What the provider signs.
    pub signed: Signed,
    /// The path with which the signature fits, if the path is signed and another one was verified.
    pub fitting_path: Option<String>,
}

/// What a provider signs of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// This text. The secret, if there is one, is not in it.
    Text {
        /// How the text is signed, in words.
        rule: &'static str,
        /// The text, as bytes.
        text: Vec<u8>,
    },
    /// Nothing. The words say what is required instead.
    Nothing(&'static str),
    /// A text that the request is too damaged for: a part of it is missing or has another form.
    Incomplete,
}

impl Signed {
    /// Returns the text, or that the request is too damaged for one.
    pub fn text(rule: &'static str, text: Option<Vec<u8>>) -> Self {
        text.map_or(Self::Incomplete, |text| Self::Text { rule, text })
    }
}

impl Explanation {
    /// Makes the explanation of a delivery that is compared with all of these keys.
    pub fn new(keys: Vec<KeyDescription>, signed: Signed) -> Self {
        Self {
            named_key: None,
            tried_keys: keys.into_iter().map(|key| key.key_id).collect(),
            decryption_keys: Vec::new(),
            signed_at: None,
            signed,
            fitting_path: None,
        }
    }

    /// Adds the key that the request names.
    #[must_use]
    pub fn naming(self, key: Option<&str>) -> Self {
        Self { named_key: key.map(str::to_owned), ..self }
    }

    /// Adds the time of signing.
    #[must_use]
    pub fn at(self, signed_at: Option<OffsetDateTime>) -> Self {
        Self { signed_at, ..self }
    }
}
