//! The text that a provider signs, for people to compare.

use serde::Serialize;
use utoipa::ToSchema;

use crate::rendering::printable::printable;
use refund_providers::contract::Signed;
use refund_providers::crypto::hash::sha256_hex;

/// The most characters of a text that are shown.
const MOST: usize = 2000;

/// The text that a provider signs. The secret is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignedText {
    /// The beginning of the text, with control characters escaped.
    pub text: String,
    /// Whether the text goes on.
    pub is_shortened: bool,
    /// The length of the whole text, in bytes.
    pub bytes: usize,
    /// The SHA-256 of the whole text, in hex.
    pub sha256: String,
}

impl SignedText {
    /// Returns the text for people, or `None` if nothing is signed.
    pub(super) fn of(signed: &Signed) -> Option<Self> {
        let text = match signed {
            Signed::Text { text, .. } => text,
            Signed::Nothing(_) | Signed::Incomplete => return None,
        };
        let readable = String::from_utf8_lossy(text);
        let shown: String = readable.chars().take(MOST).collect();
        Some(Self {
            is_shortened: shown.len() < readable.len(),
            text: printable(&shown),
            bytes: text.len(),
            sha256: sha256_hex(text),
        })
    }
}

/// Returns what is signed and how, in words.
pub(super) fn rule(signed: &Signed) -> &'static str {
    match signed {
        Signed::Text { rule, .. } => rule,
        Signed::Nothing(required) => required,
        Signed::Incomplete => "the request lacks a part of what the provider signs",
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, SignedText};
    use refund_providers::contract::Signed;

    #[test]
    fn a_text_is_escaped_and_bounded_and_its_digest_is_of_all() {
        let text = [b"\x1b[31m\n\xff".to_vec(), vec![b'a'; MOST]].concat();
        let shown = SignedText::of(&Signed::Text { rule: "", text: text.clone() }).unwrap();
        assert!(shown.text.starts_with("\\u{1b}[31m\\n\u{fffd}aaa"), "{}", shown.text);
        assert!(shown.is_shortened && shown.text.chars().count() < MOST + 20);
        assert_eq!((shown.bytes, shown.sha256.len()), (text.len(), 64));
        let short = SignedText::of(&Signed::Text { rule: "", text: b"a".to_vec() }).unwrap();
        assert!(!short.is_shortened);
        assert_eq!(SignedText::of(&Signed::Nothing("")), None);
    }
}
