//! What a note may be.

use super::Mistake;

/// The most characters of a note. A line break counts as one, although browsers send two.
pub const LONGEST_NOTE: usize = 2000;

/// Requires that a note says something, and is not a document: each page that shows it shows all of
/// it.
pub fn require_note(note: &str) -> Result<(), Mistake> {
    if note.trim().is_empty() || note.contains('\0') {
        return Err(Mistake::expected("note", "a text", note));
    }
    let length = note.chars().count() - note.matches("\r\n").count();
    if length > LONGEST_NOTE {
        let message = format!("expected at most {LONGEST_NOTE} characters, found {length}");
        return Err(Mistake::new("note", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NOTE, require_note};

    #[test]
    fn a_note_says_something_and_not_too_much() {
        for good in ["x", "\n x", &"退".repeat(LONGEST_NOTE), &"\r\n退".repeat(LONGEST_NOTE / 2)]
        {
            require_note(good).unwrap();
        }
        for (bad, message) in [
            ("", "note: expected a text, found \"\""),
            (" \r\n", "note: expected a text, found \" \\r\\n\""),
            ("a\0b", "note: expected a text, found \"a\\0b\""),
            (&"退".repeat(LONGEST_NOTE + 1), "note: expected at most 2000 characters, found 2001"),
        ] {
            assert_eq!(require_note(bad).unwrap_err().to_string(), message);
        }
    }
}
