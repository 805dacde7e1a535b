//! Text in the charsets that providers name.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// A supported charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// GB 18030, which includes GBK and GB 2312.
    Gb,
}

impl Charset {
    /// Returns the charset that `name` names, in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        match name.to_ascii_lowercase().as_slice() {
            b"utf-8" | b"utf8" => Some(Self::Utf8),
            b"gbk" | b"gb2312" | b"gb18030" => Some(Self::Gb),
            _ => None,
        }
    }

    /// Decodes bytes to text. Returns `None` for bytes that are not in the charset. A byte-order mark
    /// has no special meaning.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Gb => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }
}
