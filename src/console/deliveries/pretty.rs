//! The body of a delivery as people read it. What has no known form is shown as it is.

use maud::{Markup, html};
use serde_json::value::RawValue;

use crate::console::page::text;
use crate::rendering::printable::printable;
use refund_providers::wire::charset::Charset;
use refund_providers::wire::form::Pairs;

/// Shows a body with the layout of its form: JSON, a form, or XML.
pub(super) fn pretty(body: &[u8]) -> Markup {
    if let Ok(json) = serde_json::from_slice::<&RawValue>(body) {
        return html! { pre tabindex="0" { (indented(json.get())) } };
    }
    if body.trim_ascii().starts_with(b"<") {
        let shown = raw(body).replace("><", ">\n<");
        return html! { pre tabindex="0" { (shown) } };
    }
    match Pairs::from_bytes(body) {
        Ok(pairs) if body.contains(&b'=') => form(&pairs),
        Ok(_) | Err(_) => html! { pre tabindex="0" { (raw(body)) } },
    }
}

/// Returns the bytes as text. Bytes that are no UTF-8 are escaped, and so are characters that would
/// change the page.
pub(super) fn raw(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => text.split('\n').map(printable).collect::<Vec<_>>().join("\n"),
        Err(_) => body.escape_ascii().to_string(),
    }
}

fn form(pairs: &Pairs<'_>) -> Markup {
    let charset = pairs.get("charset").and_then(Charset::named).unwrap_or(Charset::Utf8);
    let decoded = |bytes: &[u8]| {
        charset.decode(bytes).map_or_else(|| bytes.escape_ascii().to_string(), |it| it.into_owned())
    };
    html! {
        table.plain.pairs {
            tbody {
                @for (name, value) in pairs.iter() {
                    @let value = decoded(value);
                    tr {
                        th scope="row" { (text(&decoded(name))) }
                        td {
                            @if value.starts_with('{') && serde_json::from_str::<&RawValue>(&value).is_ok() {
                                pre tabindex="0" { (indented(&value)) }
                            } @else { (text(&value)) }
                        }
                    }
                }
            }
        }
    }
}

/// Indents JSON without changing the order of its members or any literal.
pub(super) fn indented(json: &str) -> String {
    let mut shown = String::with_capacity(json.len() * 2);
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let line = |shown: &mut String, depth: usize| {
        shown.push('\n');
        shown.push_str(&"  ".repeat(depth));
    };
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if is_text {
            shown.push(character);
            (is_text, is_escaped) = match character {
                _ if is_escaped => (true, false),
                '\\' => (true, true),
                '"' => (false, false),
                _ => (true, false),
            };
            continue;
        }
        match character {
            '{' | '[' => {
                shown.push(character);
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    shown.push(end);
                } else {
                    depth += 1;
                    line(&mut shown, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(character);
            }
            ',' => {
                shown.push(',');
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            _ if character.is_whitespace() => {}
            _ => {
                is_text = character == '"';
                shown.push(character);
            }
        }
    }
    shown.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{indented, pretty, raw};

    #[test]
    fn json_is_indented_and_every_literal_stays() {
        let json = r#"{"b":1.50,"a":[ ],"c":[1,{"x":"a,b:{}\"\\"}], "d":{}}"#;
        let expected = "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"c\": [\n    1,\n    {\n      \
                        \"x\": \"a,b:{}\\\"\\\\\"\n    }\n  ],\n  \"d\": {}\n}";
        assert_eq!(indented(json), expected);
        assert_eq!(indented("\"\u{202e}\""), "\"\\u{202e}\"");
    }

    #[test]
    fn every_form_is_shown_and_nothing_becomes_markup() {
        let gbk = b"charset=GBK&subject=%CD%CB%BF%EE&x=%3Cb%3E";
        for (body, expected) in [
            (&br#"{"a":"<b>"}"#[..], "&lt;b&gt;"),
            (gbk, "退款"),
            (gbk, "&lt;b&gt;"),
            (b"<a><b>1</b></a>", "&lt;a&gt;\n&lt;b&gt;"),
            (b"\xff<script>", "\\xff&lt;script&gt;"),
            (b"plain", "plain"),
            (b"", "<pre"),
        ] {
            let shown = pretty(body).into_string();
            assert!(shown.contains(expected), "{shown}");
            assert!(!shown.contains("<b>") && !shown.contains("<script>"), "{shown}");
        }
        assert_eq!(raw("a\n\u{1b}退".as_bytes()), "a\n\\u{1b}退");
    }
}
