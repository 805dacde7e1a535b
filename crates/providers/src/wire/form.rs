//! `application/x-www-form-urlencoded` as bytes. The reader splits first and decodes once. It keeps
//! order, repeats and empty values. A caller that knows the charset reads the bytes as text.

use std::borrow::Cow;

use super::charset::Charset;
use super::json::{Literal, Members};
use super::{byte_order_mark, percent};

/// The most parameters that are read.
const MOST_PARAMETERS: usize = 512;

/// Decoded names and values, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<'b>(Vec<Pair<'b>>);

/// A name and its value. They borrow from the body if they needed no decoding.
type Pair<'b> = (Cow<'b, [u8]>, Cow<'b, [u8]>);

/// The body has no parameters, too many, or a broken escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {MOST_PARAMETERS} URL-encoded parameters")]
pub struct FormError;

impl<'b> Pairs<'b> {
    /// Splits at `&` and at the first `=`, reads `+` as a space, and percent-decodes each part once.
    /// Skips a byte order mark.
    ///
    /// # Errors
    /// [`FormError`] for an empty body, for too many parameters and for a broken escape.
    pub fn from_bytes(body: &'b [u8]) -> Result<Self, FormError> {
        Self::without(body, &[])
    }

    /// Does the same as [`Self::from_bytes`], and skips parameters whose names are in `left_out`, if
    /// they are written without escapes. It saves the decoding of long values that nobody reads.
    ///
    /// # Errors
    /// The errors of [`Self::from_bytes`].
    pub fn without(body: &'b [u8], left_out: &[&str]) -> Result<Self, FormError> {
        let mut pairs = Vec::with_capacity(32);
        let body = byte_order_mark::skip(body);
        for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            if pairs.len() >= MOST_PARAMETERS {
                return Err(FormError);
            }
            let end = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let (name, value) = part.split_at(end);
            if left_out.iter().any(|known| known.as_bytes() == name) {
                continue;
            }
            pairs.push((decode(name)?, decode(value.get(1..).unwrap_or_default())?));
        }
        if pairs.is_empty() { Err(FormError) } else { Ok(Self(pairs)) }
    }

    /// Returns all pairs in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Returns the value of the first parameter of this name. Callers have refused repeated names.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(known, _)| *known == name.as_bytes()).map(|(_, value)| value)
    }

    /// Returns how many parameters have this name.
    pub fn count(&self, name: &str) -> usize {
        self.iter().filter(|(known, _)| *known == name.as_bytes()).count()
    }

    /// Returns whether a name other than `except` occurs more than once.
    pub fn has_repeats_except(&self, except: &str) -> bool {
        let mut names: Vec<&[u8]> =
            self.iter().map(|(name, _)| name).filter(|name| *name != except.as_bytes()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [left, right] if left == right))
    }

    /// Returns the value of a parameter that is not empty. If a provider does not document whether
    /// empty parameters are signed, anyone could add one, and it must have no meaning.
    pub fn present(&self, name: &str) -> Option<&[u8]> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Decodes names and values by the charset that the parameter `charset` names, or by UTF-8 if
    /// there is none. If its name is unknown, ASCII is read. Each text is decoded alone, because a
    /// parameter that nothing reads may be in another charset.
    pub fn members(&self, charset: &str) -> Members<'_> {
        let charset = self.present(charset).map_or(Some(Charset::Utf8), Charset::named);
        let decode = |bytes| match charset {
            Some(charset) => charset.decode(bytes),
            None => Charset::Utf8.decode(bytes).filter(|text| text.is_ascii()),
        };
        let value = |bytes| match decode(bytes) {
            Some(text) => Literal::Text(text),
            None => Literal::Undecoded(Cow::Owned(percent::visible(bytes))),
        };
        let name = |bytes| decode(bytes).unwrap_or_else(|| Cow::Owned(percent::visible(bytes)));
        Members::of_values(self.iter().map(|(left, right)| (name(left), value(right))))
    }

    /// Returns sorted `name=value` text without the parameters in `left_out`. Empty parameters are
    /// in it only if `keep_empty` is set.
    pub fn signed_text(&self, left_out: &[&str], keep_empty: bool) -> Vec<u8> {
        let is_left_out = |name: &[u8]| left_out.iter().any(|known| known.as_bytes() == name);
        let mut pairs: Vec<(&[u8], &[u8])> = self
            .iter()
            .filter(|(name, value)| !is_left_out(name) && (keep_empty || !value.is_empty()))
            .collect();
        pairs.sort_unstable();
        let mut text = Vec::with_capacity(pairs.iter().map(|(n, v)| n.len() + v.len() + 2).sum());
        for (name, value) in pairs {
            if !text.is_empty() {
                text.push(b'&');
            }
            text.extend_from_slice(name);
            text.push(b'=');
            text.extend_from_slice(value);
        }
        text
    }
}

fn decode(part: &[u8]) -> Result<Cow<'_, [u8]>, FormError> {
    if !part.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Ok(Cow::Borrowed(part));
    }
    let mut spaced = Cow::Borrowed(part);
    if part.contains(&b'+') {
        spaced.to_mut().iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
    }
    percent::decode(&spaced).map(Cow::Owned).ok_or(FormError)
}

#[cfg(test)]
mod tests {
    use super::{FormError, Pairs};

    #[test]
    fn pairs_are_split_before_they_are_decoded_and_decoded_once() {
        let pairs = Pairs::from_bytes(b"b=1+2&a=%26%3D&&c&d=x=y&e=%252B&f=\xd6").unwrap();
        let shown: Vec<(&[u8], &[u8])> = pairs.iter().collect();
        assert_eq!(shown[0], (&b"b"[..], &b"1 2"[..]));
        assert_eq!(shown[1], (&b"a"[..], &b"&="[..]));
        assert_eq!(shown[2], (&b"c"[..], &b""[..]));
        assert_eq!(shown[3], (&b"d"[..], &b"x=y"[..]));
        assert_eq!(shown[4], (&b"e"[..], &b"%2B"[..]));
        assert_eq!(shown[5], (&b"f"[..], &b"\xd6"[..]));
        assert_eq!(pairs.signed_text(&["f", "e"], false), b"a=&=&b=1 2&d=x=y");
        assert_eq!(pairs.signed_text(&["f", "e", "d"], true), b"a=&=&b=1 2&c=");
    }

    #[test]
    fn a_parameter_that_is_left_out_is_skipped_if_its_name_has_no_escape() {
        let pairs = Pairs::without(b"a=1&b=%zz&c=3&%62=4", &["b"]).unwrap();
        assert_eq!(pairs.signed_text(&[], true), b"a=1&b=4&c=3");
    }

    #[test]
    fn nothing_too_much_and_broken_escapes_are_errors() {
        let many = "a=1&".repeat(10_000);
        for body in [&b""[..], b"&&", b"a=%", b"%zz=1", many.as_bytes()] {
            assert_eq!(Pairs::from_bytes(body), Err(FormError));
        }
    }
}
