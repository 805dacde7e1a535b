//! The same JSON in other layouts. A program that reads JSON and writes it again keeps the values and
//! changes the bytes, which many providers sign.

use serde::de::IgnoredAny;

/// How the parts of a JSON text are set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spaces {
    /// No white space.
    None,
    /// A space after each colon and comma.
    AfterSeparators,
    /// A line for each member, indented by two spaces.
    Lines,
}

/// How the characters of a JSON text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Characters {
    /// As they are.
    Kept,
    /// `/` as `\/`.
    SlashEscaped,
    /// `\/` as `/`.
    SlashPlain,
    /// Every character that is not ASCII as `\uXXXX`.
    Escaped,
    /// `\uXXXX` as the character, unless it is a control character.
    Plain,
}

/// Returns a JSON text in the layouts that programs usually write, or nothing if it is not JSON.
pub(super) fn layouts(text: &str) -> Vec<String> {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Vec::new();
    }
    use Characters::{Escaped, Kept, Plain, SlashEscaped, SlashPlain};
    let mut layouts = Vec::new();
    for spaces in [Spaces::None, Spaces::AfterSeparators, Spaces::Lines] {
        for characters in [Kept, SlashEscaped, SlashPlain, Escaped, Plain] {
            layouts.push(Writer::new(spaces, characters).write(text));
        }
    }
    layouts
}

struct Writer {
    spaces: Spaces,
    characters: Characters,
    written: String,
    depth: usize,
    /// Whether an object or array was just opened.
    is_open: bool,
}

impl Writer {
    fn new(spaces: Spaces, characters: Characters) -> Self {
        Self { spaces, characters, written: String::new(), depth: 0, is_open: false }
    }

    fn write(mut self, text: &str) -> String {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => text_length(rest),
                _ => first.len_utf8(),
            };
            let (part, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = behind;
            match first {
                ' ' | '\t' | '\n' | '\r' => {}
                '{' | '[' => {
                    self.value(part);
                    self.depth += 1;
                    self.is_open = true;
                }
                '}' | ']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if !self.is_open {
                        self.new_line();
                    }
                    self.is_open = false;
                    self.written.push_str(part);
                }
                ',' => {
                    self.written.push(',');
                    self.separate();
                    self.new_line();
                }
                ':' => {
                    self.written.push(':');
                    if self.spaces != Spaces::None {
                        self.written.push(' ');
                    }
                }
                '"' => {
                    let part = rewritten(part, self.characters);
                    self.value(&part);
                }
                // A part of a number or of a word.
                _ => self.value(part),
            }
        }
        self.written
    }

    fn value(&mut self, part: &str) {
        if self.is_open {
            self.new_line();
            self.is_open = false;
        }
        self.written.push_str(part);
    }

    fn separate(&mut self) {
        if self.spaces == Spaces::AfterSeparators {
            self.written.push(' ');
        }
    }

    fn new_line(&mut self) {
        if self.spaces == Spaces::Lines {
            self.written.push('\n');
            self.written.extend(std::iter::repeat_n("  ", self.depth));
        }
    }
}

/// Returns the length of the text in quotes at the beginning.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Returns a text in quotes with its characters written otherwise.
fn rewritten(part: &str, characters: Characters) -> String {
    match characters {
        Characters::Kept => part.to_owned(),
        Characters::SlashEscaped => part.replace("\\/", "/").replace('/', "\\/"),
        Characters::SlashPlain => part.replace("\\/", "/"),
        Characters::Escaped => {
            let mut written = String::with_capacity(part.len());
            for character in part.chars() {
                match character.is_ascii() {
                    true => written.push(character),
                    false => {
                        for unit in character.encode_utf16(&mut [0; 2]) {
                            written.push_str(&format!("\\u{unit:04x}"));
                        }
                    }
                }
            }
            written
        }
        // serde_json writes characters plain, and escapes what must be.
        Characters::Plain => match serde_json::from_str::<String>(part) {
            Ok(text) => serde_json::to_string(&text).unwrap_or_else(|_| part.to_owned()),
            Err(_) => part.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::layouts;

    #[test]
    fn the_usual_layouts_of_a_text_are_among_those_of_every_other_layout() {
        let compact = r#"{"a":[1.50,"x\"y: {z}, ",{}],"b":{"c":null,"d":[]},"e":-1e3}"#;
        let spaced = r#"{"a": [1.50, "x\"y: {z}, ", {}], "b": {"c": null, "d": []}, "e": -1e3}"#;
        let lines = "{\n  \"a\": [\n    1.50,\n    \"x\\\"y: {z}, \",\n    {}\n  ],\n  \"b\": {\n    \
             \"c\": null,\n    \"d\": []\n  },\n  \"e\": -1e3\n}";
        let texts = [compact, spaced, lines];
        for from in texts {
            let found = layouts(from);
            for to in texts {
                assert!(found.contains(&to.to_owned()), "{from} as {to}: {found:#?}");
            }
        }
    }

    #[test]
    fn characters_are_written_as_programs_write_them() {
        let plain = r#"{"u":"https://é退\n"}"#;
        let slashes = r#"{"u":"https:\/\/é退\n"}"#;
        let escaped = r#"{"u":"https://\u00e9\u9000\n"}"#;
        assert!(layouts(plain).contains(&slashes.to_owned()));
        assert!(layouts(slashes).contains(&plain.to_owned()));
        assert!(layouts(plain).contains(&escaped.to_owned()));
        assert!(layouts(escaped).contains(&plain.to_owned()));
    }

    #[test]
    fn what_is_not_json_has_no_layouts() {
        for text in ["", "a=b", "{", "{\"a\":1}x", "<xml/>"] {
            assert_eq!(layouts(text), [""; 0], "{text}");
        }
    }
}
