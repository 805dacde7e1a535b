//! Forms whose signed text escapes nothing.
//!
//! `a=1&b=2` is the text of two parameters, and of one parameter with the value `1&b=2`. One
//! signature then fits both forms.

use crate::wire::form::Pairs;

/// What a provider reads from a form whose signed text is sorted and escapes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unescaped {
    /// The parameters that are read. Their values must not contain both separators.
    pub read: &'static [&'static str],
    /// Parameters whose values are masked. Inside another value, they would escape the mask.
    pub masked: &'static [&'static str],
    /// The parameter of `read` in which separators are legal, because it is text of the merchant's
    /// or JSON.
    pub free: &'static str,
}

impl Unescaped {
    /// Returns whether the signed text of these parameters could also be that of others which mean
    /// something else.
    pub fn is_ambiguous(&self, pairs: &Pairs<'_>) -> bool {
        pairs.iter().any(|(name, value)| {
            if name.iter().any(|byte| matches!(byte, b'&' | b'=') || byte.is_ascii_control()) {
                return true;
            }
            // Without this separator there is only one reading.
            if !value.contains(&b'&') {
                return false;
            }
            let is_read = self.read.iter().any(|known| known.as_bytes() == name);
            if is_read && name != self.free.as_bytes() {
                return value.contains(&b'=');
            }
            value.split(|byte| *byte == b'&').skip(1).any(|part| self.begins_parameter(name, part))
        })
    }

    /// Returns whether a part of the value of `name` looks like a parameter that has a meaning.
    fn begins_parameter(&self, name: &[u8], part: &[u8]) -> bool {
        let end = part.iter().position(|byte| *byte == b'=');
        let Some(inner) = end.and_then(|end| part.get(..end)) else { return false };
        // The text is sorted: in another reading, a parameter that sorts before the free one would
        // be in front of it, and the free one would be inside another parameter's value.
        let is_in_order = name != self.free.as_bytes() || inner > name;
        let mut known = self.read.iter().chain(self.masked);
        is_in_order && known.any(|known| known.as_bytes() == inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Unescaped;
    use crate::wire::form::Pairs;

    const RULE: Unescaped = Unescaped { read: &["b", "m", "t"], masked: &["x"], free: "m" };

    #[test]
    fn a_text_with_another_reading_is_ambiguous() {
        for (form, expected) in [
            ("b=1&m=2&t=3", false),
            ("b=1%26z", false),
            ("b=z%3D1", false),
            ("b=1%26z%3D1", true),
            ("a=1%26b%3D2", true),
            ("a=1%26x%3D2", true),
            ("a=1%26z%3D2", false),
            ("a=b%3D2", false),
            ("m=1%26z%3D2", false),
            ("m=1%26b%3D2", false),
            ("m=1%26t%3D2", true),
            ("m=1%26x%3D", true),
            ("a%26b=1", true),
            ("a%3Db=1", true),
            ("a%0A=1", true),
        ] {
            let pairs = Pairs::from_bytes(form.as_bytes()).unwrap();
            assert_eq!(RULE.is_ambiguous(&pairs), expected, "{form}");
        }
    }
}
