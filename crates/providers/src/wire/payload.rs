//! The verified content, written as JSON that the database can store and operators may read:
//! personal fields are masked, signatures are left out, and `jsonb` accepts every value.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::json::{Literal, Member, Members};

/// What replaces a masked value.
const MASK: &str = "***";

/// The deepest nesting that is kept. Deeper values are replaced by a fixed text.
const DEEPEST: usize = 16;

/// The longest number, and the most digits of its exponent, that stay a number. `jsonb` refuses
/// some larger numbers, so they become text.
const LONGEST_NUMBER: usize = 400;
const LONGEST_EXPONENT: usize = 3;

/// Which members are written, and which values are replaced. Each list holds names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'r> {
    /// Members of the outermost object that are not written.
    pub left_out: &'r [&'r str],
    /// Members whose values are replaced, at any depth.
    pub masked: &'r [&'r str],
    /// Objects, at any depth, of which only the listed members are written, such as `metadata`,
    /// where the merchant names the members and any of them may be personal. The values of the
    /// others are replaced. A text, number or boolean in the place of the object is written.
    pub only: &'r [(&'r str, &'r [&'r str])],
}

/// The members of an object whose values are replaced.
#[derive(Clone, Copy)]
enum Masked<'r> {
    These(&'r [&'r str]),
    AllBut(&'r [&'r str]),
}

impl Masked<'_> {
    fn contains(self, name: &str) -> bool {
        match self {
            Self::These(names) => names.contains(&name),
            Self::AllBut(names) => !names.contains(&name),
        }
    }
}

/// Writes `members` as one compact JSON object in their order of arrival, as the rules say.
pub fn write(members: &Members<'_>, rules: &Rules<'_>) -> String {
    let mut text = String::with_capacity(1024);
    let kept = members.iter().filter(|member| !rules.left_out.contains(&&*member.name));
    write_members(&mut text, kept, Masked::These(rules.masked), rules, 0);
    text
}

fn write_members<'m, 'a: 'm>(
    text: &mut String,
    members: impl Iterator<Item = &'m Member<'a>>,
    masked: Masked<'_>,
    rules: &Rules<'_>,
    depth: usize,
) {
    text.push('{');
    let mut first = true;
    for member in members {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        write_text(text, &member.name);
        text.push(':');
        if masked.contains(&member.name) && member.value != Literal::Null {
            write_text(text, MASK);
            continue;
        }
        let only = rules.only.iter().find(|(object, _)| *object == member.name);
        match (&member.value, only) {
            (Literal::Nested(raw), Some((_, shown))) => {
                match serde_json::from_str::<Members<'_>>(raw) {
                    Ok(inner) if depth < DEEPEST => {
                        write_members(text, inner.iter(), Masked::AllBut(shown), rules, depth + 1);
                    }
                    Ok(_) | Err(_) => write_text(text, MASK),
                }
            }
            (value, Some(_) | None) => write_literal(text, value, rules, depth),
        }
    }
    text.push('}');
}

fn write_literal(text: &mut String, value: &Literal<'_>, rules: &Rules<'_>, depth: usize) {
    match value {
        Literal::Null => text.push_str("null"),
        Literal::Boolean(literal) => text.push_str(literal),
        Literal::Number(literal) if fits_numeric(literal) => text.push_str(literal),
        Literal::Number(literal) => write_text(text, literal),
        Literal::Text(content) | Literal::Undecoded(content) => write_text(text, content),
        Literal::Nested(_) if depth >= DEEPEST => write_text(text, "(nested too deep)"),
        Literal::Nested(raw) => write_nested(text, raw, rules, depth + 1),
    }
}

fn write_nested(text: &mut String, raw: &str, rules: &Rules<'_>, depth: usize) {
    if let Ok(members) = serde_json::from_str::<Members<'_>>(raw) {
        return write_members(text, members.iter(), Masked::These(rules.masked), rules, depth);
    }
    let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
        return write_text(text, "(unreadable)");
    };
    text.push('[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_literal(text, &super::json::literal(element.get()), rules, depth);
    }
    text.push(']');
}

/// A short number can exceed what `jsonb` stores: `1e999999`.
fn fits_numeric(literal: &str) -> bool {
    let exponent = literal.split(['e', 'E']).nth(1).unwrap_or_default();
    let digits = exponent.trim_start_matches(['+', '-']).len();
    literal.len() <= LONGEST_NUMBER && digits <= LONGEST_EXPONENT
}

fn write_text(text: &mut String, content: &str) {
    // Most texts are written as they are. Finding that out is faster than the general writer.
    if content.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push('"');
        text.push_str(content);
        return text.push('"');
    }
    // Writing a text as JSON cannot fail.
    text.push_str(&serde_json::to_string(&*storable(content)).unwrap_or_default());
}

/// Replaces NUL, the one character that Postgres cannot store, by U+FFFD.
pub fn storable(content: &str) -> Cow<'_, str> {
    if content.contains('\0') {
        Cow::Owned(content.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(content)
    }
}

#[cfg(test)]
mod tests {
    use super::{Rules, write};
    use crate::wire::json::Members;

    fn written(text: &str) -> String {
        let rules =
            Rules { left_out: &["sign"], masked: &["name"], only: &[("notes", &["order"])] };
        write(&Members::from_text(text).unwrap(), &rules)
    }

    #[test]
    fn a_payload_keeps_literals_and_masks_personal_fields_at_any_depth() {
        let cases = [
            (r#"{"a": 100.00, "sign":"x"}"#, r#"{"a":100.00}"#),
            (r#"{"name":"Wu","b":{"name":["Wu"]}}"#, r#"{"name":"***","b":{"name":"***"}}"#),
            (r#"{"name":null}"#, r#"{"name":null}"#),
            (r#"{"a":[1,"x",{"b":null}]}"#, r#"{"a":[1,"x",{"b":null}]}"#),
            (r#"{"a":"退款"}"#, r#"{"a":"退款"}"#),
            (r#"{"notes":{"order":"1","x":"Wu"}}"#, r#"{"notes":{"order":"1","x":"***"}}"#),
            (
                r#"{"b":[{"notes":{"x":[1],"z":null}}]}"#,
                r#"{"b":[{"notes":{"x":"***","z":null}}]}"#,
            ),
            (r#"{"notes":["Wu"],"b":{"notes":null}}"#, r#"{"notes":"***","b":{"notes":null}}"#),
            (r#"{"order":"1","notes":"Wu"}"#, r#"{"order":"1","notes":"Wu"}"#),
            (r#"{"notes":{"order":{"name":"Wu"}}}"#, r#"{"notes":{"order":{"name":"***"}}}"#),
        ];
        for (given, expected) in cases {
            assert_eq!(written(given), expected);
        }
    }

    #[test]
    fn a_payload_holds_nothing_that_jsonb_refuses() {
        assert_eq!(written(r#"{"a":"x\u0000y"}"#), "{\"a\":\"x\u{fffd}y\"}");
        assert_eq!(written(r#"{"a":1e999999}"#), r#"{"a":"1e999999"}"#);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        assert!(written(&deep).contains("nested too deep"));
    }
}
