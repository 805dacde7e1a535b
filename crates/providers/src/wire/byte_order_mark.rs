//! The byte order mark that some senders write in front of UTF-8.

/// The mark: U+FEFF in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the bytes after a byte order mark, or all bytes if they do not begin with one. A second
/// mark is content.
///
/// The readers of JSON, forms and XML skip the mark. So a signature over the raw body covers it, and
/// a canonical text, which is made of what was read, does not contain it.
pub fn skip(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::skip;
    use crate::wire::form::Pairs;
    use crate::wire::json::Members;
    use crate::wire::xml::Elements;

    #[test]
    fn one_mark_in_front_is_skipped_and_nothing_else() {
        assert_eq!(skip(b"\xef\xbb\xbf{}"), b"{}");
        assert_eq!(skip(b"\xef\xbb\xbf\xef\xbb\xbf{}"), b"\xef\xbb\xbf{}");
        for bytes in [&b""[..], b"\xef\xbb", b"{}", b" \xef\xbb\xbf{}", b"\xff\xfe{}"] {
            assert_eq!(skip(bytes), bytes);
        }
    }

    #[test]
    fn every_reader_skips_it() {
        let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let json = r#"{"a":"1"}"#;
        assert_eq!(Members::from_bytes(&marked(json)), Members::from_bytes(json.as_bytes()));
        let form = "a=1&b=%EF%BB%BF";
        assert_eq!(Pairs::from_bytes(&marked(form)), Pairs::from_bytes(form.as_bytes()));
        let xml = "<xml><a>1</a></xml>";
        assert_eq!(
            Elements::from_bytes(&marked(xml), "xml"),
            Elements::from_bytes(xml.as_bytes(), "xml")
        );
    }
}
