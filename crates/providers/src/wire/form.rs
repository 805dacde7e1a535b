//! `application/x-www-form-urlencoded` as bytes: split first, decoded once, and read as text only
//! by whoever knows the charset. Order, repeats and empty values are kept.

use std::borrow::Cow;

use super::percent;

/// The most parameters that are read.
const MOST_PARAMETERS: usize = 512;

/// Names and values, decoded, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<'b>(Vec<Pair<'b>>);

/// A name and its value; borrowed where nothing had to be decoded.
type Pair<'b> = (Cow<'b, [u8]>, Cow<'b, [u8]>);

/// Nothing in it, too much in it, or a broken escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {MOST_PARAMETERS} URL-encoded parameters")]
pub struct FormError;

impl<'b> Pairs<'b> {
    /// Splits at `&` and at the first `=`; `+` is a space; each part is percent-decoded once.
    pub fn from_bytes(body: &'b [u8]) -> Result<Self, FormError> {
        let mut pairs = Vec::with_capacity(32);
        for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            if pairs.len() >= MOST_PARAMETERS {
                return Err(FormError);
            }
            let end = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let (name, value) = part.split_at(end);
            pairs.push((decode(name)?, decode(value.get(1..).unwrap_or_default())?));
        }
        if pairs.is_empty() { Err(FormError) } else { Ok(Self(pairs)) }
    }

    /// All pairs, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The value of the first parameter of this name. Callers have made sure that there is no
    /// second.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(known, _)| *known == name.as_bytes()).map(|(_, value)| value)
    }

    /// How many parameters bear this name.
    pub fn count(&self, name: &str) -> usize {
        self.iter().filter(|(known, _)| *known == name.as_bytes()).count()
    }

    /// Whether some name other than `except` stands more than once.
    pub fn has_repeats(&self, except: &str) -> bool {
        let mut names: Vec<&[u8]> =
            self.iter().map(|(name, _)| name).filter(|name| *name != except.as_bytes()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [left, right] if left == right))
    }

    /// Sorted `name=value` text without the parameters in `left_out`, and without empty ones
    /// unless `keep_empty`.
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
    let spaced: Vec<u8> =
        part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
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
    fn nothing_too_much_and_broken_escapes_are_errors() {
        let many = "a=1&".repeat(10_000);
        for body in [&b""[..], b"&&", b"a=%", b"%zz=1", many.as_bytes()] {
            assert_eq!(Pairs::from_bytes(body), Err(FormError));
        }
    }
}
