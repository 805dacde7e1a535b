//! One JSON object with every member as it arrived: in order, with repeats, and with numbers as
//! their text. Providers sign this text, so the reader loses nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::byte_order_mark;
use super::json_text::Text;
use super::repeated_names::{self, DEEPEST, repeats};

/// The members of one JSON object, in order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<'a> {
    members: Vec<Member<'a>>,
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name, unescaped.
    pub name: Cow<'a, str>,
    /// The value.
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
    /// A text that cannot be decoded, as it was written. Escapes stand for bytes in no charset.
    Undecoded(Cow<'a, str>),
}

/// Why bytes are not one JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The bytes are not UTF-8. The check also refuses length-extended messages, which are not UTF-8.
    #[error("expected UTF-8 text")]
    NotUtf8,
    /// The text is not JSON, is not an object, or continues after the object.
    #[error("expected one JSON object")]
    NotAnObject,
}

impl<'a> Members<'a> {
    /// Reads `bytes` as exactly one JSON object. Skips a byte order mark.
    ///
    /// # Errors
    /// [`JsonError`] for anything else.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, JsonError> {
        Self::from_text(
            std::str::from_utf8(byte_order_mark::skip(bytes)).map_err(|_| JsonError::NotUtf8)?,
        )
    }

    /// Reads `text` as exactly one JSON object.
    ///
    /// # Errors
    /// [`JsonError`] for anything else.
    pub fn from_text(text: &'a str) -> Result<Self, JsonError> {
        let members = Self::with_undecoded(text)?;
        let is_undecoded = |member: &Member<'_>| matches!(member.value, Literal::Undecoded(_));
        if members.iter().any(is_undecoded) { Err(JsonError::NotAnObject) } else { Ok(members) }
    }

    /// Reads `text` as [`Self::from_text`] does, with texts that cannot be decoded.
    pub(super) fn with_undecoded(text: &'a str) -> Result<Self, JsonError> {
        serde_json::from_str(text).map_err(|_| JsonError::NotAnObject)
    }

    /// Takes names and texts that were not written as JSON, so that the same readers apply.
    pub fn of_texts(texts: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let member = |(name, text)| Member { name, value: Literal::Text(text) };
        Self { members: texts.into_iter().map(member).collect() }
    }

    /// Takes names and values that were not written as JSON.
    pub fn of_values(values: impl IntoIterator<Item = (Cow<'a, str>, Literal<'a>)>) -> Self {
        let member = |(name, value)| Member { name, value };
        Self { members: values.into_iter().map(member).collect() }
    }

    /// Returns all members in order of arrival.
    pub fn iter(&self) -> std::slice::Iter<'_, Member<'a>> {
        self.members.iter()
    }

    /// Returns how many members have this name.
    pub fn count(&self, name: &str) -> usize {
        self.iter().filter(|member| member.name == name).count()
    }

    /// Returns the value of the first member of this name. Callers have refused repeated names.
    pub fn get(&self, name: &str) -> Option<&Literal<'a>> {
        self.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// Returns the text of a member. Numbers, booleans, `null` and nested values are `None`.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Literal::Text(text) => Some(text),
            Literal::Null
            | Literal::Boolean(_)
            | Literal::Number(_)
            | Literal::Nested(_)
            | Literal::Undecoded(_) => None,
        }
    }

    /// Returns a boolean member. Other values are `None`.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Literal::Boolean(text) => Some(*text == "true"),
            Literal::Null
            | Literal::Number(_)
            | Literal::Text(_)
            | Literal::Nested(_)
            | Literal::Undecoded(_) => None,
        }
    }

    /// Returns a member as sorted `name=value` text contains it: see [`Literal::as_signed_text`].
    pub fn signed_text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_signed_text()
    }

    /// Returns the members of an object within this object. Other values are `None`.
    pub fn object(&self, name: &str) -> Option<Self> {
        self.get(name)?.object()
    }

    /// Returns the members of each object of an array within this object. Other values are `None`.
    pub fn objects(&self, name: &str) -> Option<Vec<Self>> {
        match self.get(name)? {
            Literal::Nested(text) => serde_json::from_str(text).ok(),
            Literal::Null
            | Literal::Boolean(_)
            | Literal::Number(_)
            | Literal::Text(_)
            | Literal::Undecoded(_) => None,
        }
    }

    /// Returns the members of each object of an array in an object within this object. Other values
    /// are an empty list.
    pub fn objects_in(&self, object: &str, name: &str) -> Vec<Self> {
        self.object(object).and_then(|object| object.objects(name)).unwrap_or_default()
    }

    /// Returns whether a name other than `except` occurs more than once in this object.
    pub fn has_repeats_except(&self, except: &str) -> bool {
        let names = self.iter().map(|member| &*member.name);
        repeats(names.filter(|name| *name != except))
    }

    /// Returns whether a name occurs more than once in this object, or in one of its `objects`.
    pub fn has_repeats_in(&self, objects: &[&str]) -> bool {
        let nested = || objects.iter().filter_map(|name| self.object(name));
        repeats(self.iter().map(|member| &*member.name))
            || nested().any(|object| object.has_repeats_in(&[]))
    }

    /// Returns whether a name occurs more than once in any object at any depth. Nesting deeper than
    /// 16 levels counts as a repeat, because nothing that deep is checked.
    pub fn has_deep_repeats(&self) -> bool {
        repeats(self.iter().map(|member| &*member.name))
            || self.iter().any(|member| member.value.has_deep_repeats())
    }

    fn repeats_at(&self, depth: usize) -> bool {
        repeats(self.iter().map(|member| &*member.name))
            || self.iter().any(|member| member.value.repeats_at(depth))
    }
}

impl<'a> Literal<'a> {
    /// Returns the members of an object. Other values are `None`.
    pub fn object(&self) -> Option<Members<'a>> {
        match self {
            Self::Nested(text) => Members::with_undecoded(text).ok(),
            Self::Null
            | Self::Boolean(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Undecoded(_) => None,
        }
    }
}

impl Literal<'_> {
    fn has_deep_repeats(&self) -> bool {
        let Self::Nested(text) = self else { return false };
        // One pass is faster than reading each level again. It gives up at a text that cannot be
        // decoded and at deep nesting, and the slow way judges those.
        repeated_names::at_any_depth(text).unwrap_or_else(|| self.repeats_at(0))
    }

    fn repeats_at(&self, depth: usize) -> bool {
        let Self::Nested(text) = self else { return false };
        if depth >= DEEPEST {
            return true;
        }
        if let Ok(members) = Members::with_undecoded(text) {
            return members.repeats_at(depth + 1);
        }
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else { return true };
        elements.iter().any(|element| literal(element.get()).repeats_at(depth + 1))
    }

    /// Returns the value as sorted `name=value` text contains it: a text itself, a number or
    /// boolean as written. `null` and nested values have no such form and are `None`.
    pub fn as_signed_text(&self) -> Option<&str> {
        match self {
            Self::Null | Self::Nested(_) | Self::Undecoded(_) => None,
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
                    members.push(Member { name, value: literal(raw.get()) });
                }
                Ok(Members { members })
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Classifies one valid JSON value by its first byte.
pub(super) fn literal(raw: &str) -> Literal<'_> {
    match raw.as_bytes().first() {
        Some(b'"') => {
            let written = raw.get(1..raw.len() - 1).unwrap_or(raw);
            if !written.contains('\\') {
                return Literal::Text(Cow::Borrowed(written));
            }
            match serde_json::from_str::<Text<'_>>(raw) {
                Ok(text) => Literal::Text(text.0),
                Err(_) => Literal::Undecoded(Cow::Borrowed(written)),
            }
        }
        Some(b'{' | b'[') => Literal::Nested(raw),
        Some(b't' | b'f') => Literal::Boolean(raw),
        Some(b'n') => Literal::Null,
        Some(_) | None => Literal::Number(raw),
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
        assert!(members.has_repeats_except("a"));
        assert!(!members.has_repeats_except("b"));
        assert_eq!(members.count("b"), 2);
    }

    #[test]
    fn members_are_read_by_their_kind() {
        let members = Members::from_text(r#"{"t":"x","n":1.0,"o":{"a":2},"l":[],"z":null}"#);
        let members = members.unwrap();
        let text = ["t", "n", "o", "z", "-"].map(|name| members.text(name));
        assert_eq!(text, [Some("x"), None, None, None, None]);
        let signed = ["t", "n", "o", "z"].map(|name| members.signed_text(name));
        assert_eq!(signed, [Some("x"), Some("1.0"), None, None]);
        let object = ["o", "l", "t", "-"].map(|name| members.object(name).is_some());
        assert_eq!(object, [true, false, false, false]);
        let flags = Members::from_text(r#"{"t":true,"f":false,"text":"true","n":1}"#).unwrap();
        let flags = ["t", "f", "text", "n", "-"].map(|name| flags.boolean(name));
        assert_eq!(flags, [Some(true), Some(false), None, None, None]);
        let lists = r#"{"two":[{"a":1},{"a":2}],"none":[],"mixed":[{},1],"o":{},"t":"[]"}"#;
        let lists = Members::from_text(lists).unwrap();
        let counts = ["two", "none", "mixed", "o", "t", "-"]
            .map(|name| lists.objects(name).map(|objects| objects.len()));
        assert_eq!(counts, [Some(2), Some(0), None, None, None, None]);
        let nested = Members::from_text(r#"{"o":{"two":[{},{}]},"two":[{}]}"#).unwrap();
        let counts = [("o", "two"), ("o", "t"), ("two", "o"), ("-", "two")]
            .map(|(object, name)| nested.objects_in(object, name).len());
        assert_eq!(counts, [2, 0, 0, 0]);
    }

    #[test]
    fn repeated_names_are_found_where_they_are_looked_for() {
        let cases = [
            (r#"{"a":1,"b":2}"#, false, false),
            (r#"{"a":1,"a":2}"#, true, true),
            (r#"{"o":{"a":1,"a":2}}"#, true, true),
            (r#"{"p":{"a":1,"\u0061":2}}"#, false, true),
            (r#"{"o":{"p":{"a":1,"a":2}}}"#, false, true),
            (r#"{"o":[1,{"a":1,"a":2}]}"#, false, true),
            (r#"{"o":"{\"a\":1,\"a\":2}"}"#, false, false),
        ];
        for (text, in_o, deep) in cases {
            let members = Members::from_text(text).unwrap();
            assert_eq!(members.has_repeats_in(&["o"]), in_o, "{text}");
            assert_eq!(members.has_deep_repeats(), deep, "{text}");
        }
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
            (b"\xef\xbb\xbf\xef\xbb\xbf{}", JsonError::NotAnObject),
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
        assert!(members.has_deep_repeats());
    }
}
