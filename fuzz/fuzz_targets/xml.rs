//! The XML reader: it accepts no document type and no processing instruction. What it accepts, it
//! reads the same after writing it again.

#![no_main]

use harness::{choice, fixtures, seeds};
use libfuzzer_sys::fuzz_target;
use refund_providers::wire::xml::Elements;

/// The most elements that are read.
const MOST_ELEMENTS: usize = 512;

const ROOTS: [&str; 2] = ["xml", "root"];

fuzz_target!(
    init: seeds::write_if_asked(|| {
        let mut all = Vec::new();
        for fixture in fixtures::of("wechatpay") {
            all.push([b"\0", &*fixture.body].concat());
            if let Some((plaintext, _)) = seeds::v2_parts(&fixture) {
                all.push([b"\x01", &*plaintext].concat());
            }
        }
        all
    }),
    |data: &[u8]| {
        let Some((root, bytes)) = choice(data, 2) else { return };
        let root = ROOTS[root];
        let Ok(elements) = Elements::from_bytes(bytes, root) else { return };
        let text = std::str::from_utf8(bytes).expect("what is read is UTF-8");
        assert_plain(text);
        assert!(elements.iter().count() <= MOST_ELEMENTS);

        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if !elements.iter().all(|(name, _)| !name.is_empty() && name.bytes().all(is_word)) {
            return;
        }
        let write = |(name, text): (&str, &str)| format!("<{name}>{}</{name}>", escape(text));
        let written: String = elements.iter().map(write).collect();
        let written = format!("<{root}>{written}</{root}>");
        assert_eq!(Elements::from_bytes(written.as_bytes(), root).as_ref(), Ok(&elements));
        for (name, _) in elements.iter() {
            assert!(elements.get(name).is_some());
        }
    }
);

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // The reader turns an unescaped end of line into a line feed.
            '\r' | '\u{85}' | '\u{2028}' => {
                escaped.push_str(&format!("&#{};", u32::from(character)));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Asserts that an accepted text contains only tags outside comments and character data.
fn assert_plain(text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let is_first =
            rest.len() == text.len() && rest[..start].trim_matches('\u{feff}').is_empty();
        rest = &rest[start..];
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<![CDATA[") {
            "]]>"
        } else if rest.starts_with("<?") {
            assert!(is_first && rest.starts_with("<?xml"), "an instruction: {text:?}");
            "?>"
        } else {
            assert!(!rest.starts_with("<!"), "a declaration: {text:?}");
            rest = behind_tag(rest);
            continue;
        };
        rest = rest.split_once(end).expect("what is begun is ended").1;
    }
}

/// Returns the text after a tag. Quotes may contain anything.
fn behind_tag(tag: &str) -> &str {
    let mut quote = None;
    for (place, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => return &tag[place + 1..],
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (_, _) => {}
        }
    }
    panic!("a tag that is not ended: {tag:?}");
}
