//! A JSON document of which single texts may be in another charset.

use std::borrow::Cow;

use super::byte_order_mark;
use super::json::{JsonError, Members};

/// JSON text of which single texts may be in another charset. Each byte that is not UTF-8 is
/// written as half a surrogate pair, which no text decodes: only the text around it is lost.
#[derive(Clone, Debug)]
pub struct Document<'a>(Cow<'a, str>);

impl<'a> Document<'a> {
    /// Takes the bytes of a document. Skips a byte order mark.
    pub fn of(bytes: &'a [u8]) -> Self {
        let bytes = byte_order_mark::skip(bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self(Cow::Borrowed(text));
        }
        let mut text = String::with_capacity(bytes.len() + 64);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("\\udc{byte:02x}"));
            }
        }
        Self(Cow::Owned(text))
    }

    /// Reads the document as exactly one JSON object. Texts that cannot be decoded are
    /// [`Literal::Undecoded`](super::json::Literal::Undecoded).
    ///
    /// # Errors
    /// [`JsonError::NotAnObject`] for anything else, and for a name that cannot be decoded.
    pub fn members(&self) -> Result<Members<'_>, JsonError> {
        Members::with_undecoded(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use crate::wire::json::Literal;

    #[test]
    fn a_text_that_cannot_be_decoded_is_lost_alone() {
        let undecoded = |text: &str| Literal::Undecoded(text.to_owned().into());
        let document =
            Document::of(b"{\"a\":\"caf\xe9\",\"b\":\"x\",\"o\":{\"c\":\"\\ud800\",\"d\":1}}");
        let members = document.members().unwrap();
        assert_eq!(members.get("a"), Some(&undecoded("caf\\udce9")));
        assert_eq!((members.text("b"), members.signed_text("a")), (Some("x"), None));
        let object = members.object("o").unwrap();
        assert_eq!(object.get("c"), Some(&undecoded("\\ud800")));
        assert_eq!(object.get("d"), Some(&Literal::Number("1")));
        assert!(!members.has_deep_repeats());
        assert!(Document::of(b"{\"a\xe9\":1}").members().is_err());
        assert!(Document::of(b"{\"a\":1}\xe9").members().is_err());
        assert!(
            Document::of(b"{\"o\":{\"c\":\"\\ud800\",\"c\":1}}")
                .members()
                .unwrap()
                .has_deep_repeats()
        );
    }
}
