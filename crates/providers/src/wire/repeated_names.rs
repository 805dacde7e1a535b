//! Finds names that occur more than once in a JSON object. Two readers may take different values of
//! such a name, so a signed text with one is ambiguous.

use std::fmt;

use serde::Deserializer;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::json_text::Text;

/// The deepest nesting that is checked.
pub(super) const DEEPEST: usize = 16;

/// Returns whether a name occurs more than once.
pub(super) fn repeats<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [left, right] if left == right))
}

/// Returns whether a name occurs more than once in an object at any depth of a JSON value, read in
/// one pass. `None` if the value has a literal that cannot be decoded, or nesting that is too deep.
pub(super) fn at_any_depth(text: &str) -> Option<bool> {
    Value { depth: 0 }.deserialize(&mut serde_json::Deserializer::from_str(text)).ok()
}

/// A value to check, so many levels below the outermost one.
#[derive(Clone, Copy)]
struct Value {
    depth: usize,
}

impl Value {
    fn inner<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEEPEST {
            return Err(E::custom("nested too deep"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let inner = self.inner()?;
        let mut names = Vec::with_capacity(16);
        let mut is_repeated = false;
        while let Some(Text(name)) = map.next_key()? {
            names.push(name);
            is_repeated |= map.next_value_seed(inner)?;
        }
        Ok(is_repeated || repeats(names.iter().map(|name| &**name)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        let inner = self.inner()?;
        let mut is_repeated = false;
        while let Some(found) = elements.next_element_seed(inner)? {
            is_repeated |= found;
        }
        Ok(is_repeated)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, at_any_depth};

    #[test]
    fn repeated_names_are_found_at_any_depth_in_one_pass() {
        let cases = [
            (r#"{"a":1,"b":2}"#, Some(false)),
            (r#"{"a":1,"\u0061":2}"#, Some(true)),
            (r#"{"p":{"a":-1,"a":2.5e3}}"#, Some(true)),
            (r#"[1,{"a":true,"b":null},{"a":{"c":"","c":[]}}]"#, Some(true)),
            (r#"[1,{"a":true,"b":null},{"a":{"c":"","d":[]}}]"#, Some(false)),
            (r#"{"a":"\ud800"}"#, None),
            (r#"{"a":1e999}"#, None),
        ];
        for (text, expected) in cases {
            assert_eq!(at_any_depth(text), expected, "{text}");
        }
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(at_any_depth(&nested(DEEPEST)), Some(false));
        assert_eq!(at_any_depth(&nested(DEEPEST + 1)), None);
    }
}
