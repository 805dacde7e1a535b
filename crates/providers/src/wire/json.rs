//! One JSON object, with every member as it arrived: in order, repeats included, numbers as the
//! text they were written in. Signatures are judged over such text, so nothing may be lost.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members of one JSON object, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<'a> {
    members: Vec<Member<'a>>,
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name, unescaped.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Literal<'a>,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(&'a str),
    /// A number, as its text.
    Number(&'a str),
    /// A text, unescaped.
    Text(Cow<'a, str>),
    /// An object or an array, as its text.
    Nested(&'a str),
}

/// Why bytes are not one JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8. Strict on purpose: a length-extended message is not UTF-8 either.
    #[error("expected UTF-8 text")]
    NotUtf8,
    /// Not JSON, not an object, or more behind it.
    #[error("expected one JSON object")]
    NotAnObject,
}

impl<'a> Members<'a> {
    /// Reads `bytes` as exactly one JSON object.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, JsonError> {
        Self::from_text(std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?)
    }

    /// Reads `text` as exactly one JSON object.
    pub fn from_text(text: &'a str) -> Result<Self, JsonError> {
        serde_json::from_str(text).map_err(|_| JsonError::NotAnObject)
    }

    /// Takes names and texts that were not written as JSON, so that they are read the same way.
    pub fn of_texts(texts: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let member = |(name, text)| Member { name, value: Literal::Text(text) };
        Self { members: texts.into_iter().map(member).collect() }
    }

    /// All members, in order of arrival.
    pub fn iter(&self) -> std::slice::Iter<'_, Member<'a>> {
        self.members.iter()
    }

    /// How many members bear this name.
    pub fn count(&self, name: &str) -> usize {
        self.iter().filter(|member| member.name == name).count()
    }

    /// The value of the first member of this name. Callers have made sure that there is no second.
    pub fn get(&self, name: &str) -> Option<&Literal<'a>> {
        self.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// Whether some name other than `except` stands more than once.
    pub fn has_repeats(&self, except: &str) -> bool {
        let mut names: Vec<&str> =
            self.iter().map(|member| &*member.name).filter(|name| *name != except).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [left, right] if left == right))
    }
}

impl Literal<'_> {
    /// The value as it stands in sorted `name=value` text: a text itself, a number or boolean as
    /// written. `None` for `null` and for nested values, which such text cannot hold.
    pub fn as_signed_text(&self) -> Option<&str> {
        match self {
            Self::Null | Self::Nested(_) => None,
            Self::Boolean(text) | Self::Number(text) => Some(text),
            Self::Text(text) => Some(text),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(24);
                while let Some(Text(name)) = map.next_key()? {
                    let raw: &'de RawValue = map.next_value()?;
                    let value = literal(raw.get()).map_err(de::Error::custom)?;
                    members.push(Member { name, value });
                }
                Ok(Members { members })
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Classifies one valid JSON value by its first byte.
pub(super) fn literal(raw: &str) -> Result<Literal<'_>, serde_json::Error> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Literal::Text(serde_json::from_str::<Text<'_>>(raw)?.0),
        Some(b'{' | b'[') => Literal::Nested(raw),
        Some(b't' | b'f') => Literal::Boolean(raw),
        Some(b'n') => Literal::Null,
        Some(_) | None => Literal::Number(raw),
    })
}

/// A text that borrows from the input where it holds no escapes; serde's own `Cow` always copies.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;

        impl<'de> Visitor<'de> for AnyText {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(AnyText)
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonError, Literal, Members};

    #[test]
    fn members_keep_order_repeats_and_literals() {
        let text = r#" {"b": 1.50, "a":"x", "b":null, "c":true, "d":{"e":[1]}, "\u0066":"\n"} "#;
        let members = Members::from_text(text).unwrap();
        let names: Vec<&str> = members.iter().map(|member| &*member.name).collect();
        assert_eq!(names, ["b", "a", "b", "c", "d", "f"]);
        assert_eq!(members.get("b"), Some(&Literal::Number("1.50")));
        assert_eq!(members.get("d"), Some(&Literal::Nested(r#"{"e":[1]}"#)));
        assert_eq!(members.get("f"), Some(&Literal::Text("\n".into())));
        assert!(members.has_repeats("a"));
        assert!(!members.has_repeats("b"));
        assert_eq!(members.count("b"), 2);
    }

    #[test]
    fn anything_but_one_object_of_utf8_text_is_an_error() {
        let cases: [(&[u8], JsonError); 9] = [
            (b"", JsonError::NotAnObject),
            (b"[]", JsonError::NotAnObject),
            (b"{} {}", JsonError::NotAnObject),
            (b"{\"a\":01}", JsonError::NotAnObject),
            (b"{\"a\":1,}", JsonError::NotAnObject),
            (b"{\"a\":\"\\ud800\"}", JsonError::NotAnObject),
            (b"{\"a\":\"\n\"}", JsonError::NotAnObject),
            (b"\xef\xbb\xbf{}", JsonError::NotAnObject),
            (b"{\"a\":\"\x80\"}", JsonError::NotUtf8),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Members::from_bytes(bytes), Err(expected), "{bytes:?}");
        }
    }

    #[test]
    fn ten_thousand_levels_are_one_nested_literal() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let members = Members::from_text(&deep).unwrap();
        assert!(matches!(members.get("a"), Some(Literal::Nested(_))));
    }
}
