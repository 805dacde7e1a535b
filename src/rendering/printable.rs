//! Text that cannot control the terminal.

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

/// Returns whether the character neither controls the terminal nor changes the direction of text.
pub fn is_printable(character: char) -> bool {
    !character.is_control() && !changes_direction(character)
}

/// Returns whether the character changes the direction of the text that follows.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn changes_direction(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}
