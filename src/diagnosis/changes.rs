//! What a proxy may have done to a request, undone. If a key fits the request that results, the proxy
//! did it.

use std::borrow::Cow;

use super::examine::BYTE_ORDER_MARK;
use super::json_layout::layouts;
use refund_providers::wire::percent;

/// Something that a proxy does to requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It puts a byte order mark before the body.
    ByteOrderMark,
    /// It adds or removes white space around the body.
    WhiteSpace,
    /// It writes line breaks otherwise.
    LineBreaks,
    /// It reads JSON and writes it otherwise.
    JsonLayout,
    /// It writes the text in another charset.
    Charset,
    /// It escapes a form once more.
    Escapes,
    /// It changes the path. The provider called this one.
    Path(String),
}

impl Change {
    /// Returns what was done to the request, in words.
    pub(super) fn in_words(&self) -> String {
        let words = match self {
            Self::ByteOrderMark => "a byte order mark was put before the body",
            Self::WhiteSpace => "white space around the body was added or removed",
            Self::LineBreaks => "the line breaks were changed",
            Self::JsonLayout => "the JSON was read and written again",
            Self::Charset => "the text was written in another charset",
            Self::Escapes => "the form was escaped twice",
            Self::Path(path) => return format!("the path was changed; the provider called {path}"),
        };
        words.to_owned()
    }
}

/// Returns the bodies that may have been sent, each with what a proxy then did to it.
pub(super) fn bodies(body: &[u8]) -> Vec<(Change, Cow<'_, [u8]>)> {
    let mut bodies: Vec<(Change, Cow<'_, [u8]>)> = Vec::new();
    let mut add = |change, candidate: Cow<'_, [u8]>| {
        let is_known = bodies.iter().any(|(_, known)| *known == candidate);
        if *candidate != *body && !is_known {
            bodies.push((change, Cow::Owned(candidate.into_owned())));
        }
    };
    let bare = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    add(Change::ByteOrderMark, bare.into());
    add(Change::WhiteSpace, bare.trim_ascii().into());
    for line_break in [&b"\n"[..], b"\r\n"] {
        add(Change::WhiteSpace, [bare.trim_ascii_end(), line_break].concat().into());
    }
    let units = bare.chunks_exact(2).map(|pair| [pair.first(), pair.last()].map(|it| it.copied()));
    let units: Vec<[u8; 2]> = units.map(|pair| pair.map(Option::unwrap_or_default)).collect();
    for read in [u16::from_le_bytes, u16::from_be_bytes] {
        let units: Vec<u16> = units.iter().map(|pair| read(*pair)).collect();
        if let Ok(text) = String::from_utf16(&units) {
            add(Change::Charset, text.trim_start_matches('\u{feff}').as_bytes().to_vec().into());
        }
    }
    let Ok(text) = std::str::from_utf8(bare) else { return bodies };
    add(Change::LineBreaks, text.replace("\r\n", "\n").into_bytes().into());
    add(Change::LineBreaks, text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes().into());
    let latin: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    if let Some(bytes) = latin {
        add(Change::Charset, bytes.into());
    }
    for layout in layouts(text) {
        add(Change::JsonLayout, layout.into_bytes().into());
    }
    if !text.starts_with(['{', '[', '<'])
        && let Some(decoded) = percent::decode(bare)
    {
        add(Change::Escapes, decoded.into());
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::{Change, bodies};

    #[test]
    fn the_body_that_was_sent_is_found_behind_what_proxies_do() {
        let utf16: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(&[u8], &[u8], Change); 9] = [
            (b"{}", b"\xef\xbb\xbf{}", Change::ByteOrderMark),
            (b"{}", b"{}\r\n", Change::WhiteSpace),
            (b"{}\n", b"{}", Change::WhiteSpace),
            (b"a\nb", b"a\r\nb", Change::LineBreaks),
            (b"{\"a\": 1}", b"{\"a\":1}", Change::JsonLayout),
            ("{\"a\":\"é\"}".as_bytes(), "{\"a\":\"Ã©\"}".as_bytes(), Change::Charset),
            (b"{\"a\":1}", &utf16, Change::Charset),
            (b"a=b%20c", b"a=b%2520c", Change::Escapes),
            (b"{\"a\":\"\\/\"}", b"{\"a\":\"/\"}", Change::JsonLayout),
        ];
        for (sent, arrived, change) in cases {
            let found = bodies(arrived);
            let found: Vec<&Change> = found
                .iter()
                .filter(|(_, body)| **body == *sent)
                .map(|(change, _)| change)
                .collect();
            assert_eq!(found, [&change], "{}", String::from_utf8_lossy(arrived));
        }
    }

    #[test]
    fn no_body_is_tried_twice_and_the_one_that_arrived_never() {
        for body in [&b"{\"a\":1}"[..], b"", b"\xff\xfe", b"\xef\xbb\xbf", b"a=b", b"<xml/>"] {
            let found: Vec<Vec<u8>> =
                bodies(body).into_iter().map(|(_, body)| body.into_owned()).collect();
            let mut once = found.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), found.len());
            assert!(!found.iter().any(|found| found == body));
        }
    }
}
