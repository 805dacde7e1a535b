//! Text that cannot control the terminal.

use std::borrow::Cow;

/// Returns the text with control characters escaped, so that text from a sender cannot control the
/// terminal, or change the direction in which it is read.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_printable(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Returns JSON with the control characters escaped that JSON allows in texts.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii() && byte != 0x7f;
    if json.bytes().all(is_plain) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        // A line break is between values: inside of texts, it is escaped already.
        if character != '\n' && !is_printable(character) {
            shown.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Returns whether the character neither controls the terminal, nor ends a line, nor changes the
/// direction of text.
fn is_printable(character: char) -> bool {
    !character.is_control() && !ends_a_line(character) && !changes_direction(character)
}

/// Returns whether the character separates lines or paragraphs. The other line breaks are control
/// characters.
fn ends_a_line(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// Returns whether the character changes the direction of the text that follows.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn changes_direction(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}
