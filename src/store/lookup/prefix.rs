//! The beginning of an id, as a person types it.

use uuid::Uuid;

/// The fewest digits of a beginning. Fewer would fit ids of whole days.
const FEWEST_DIGITS: usize = 6;

/// All ids that begin with the same digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdPrefix {
    /// The smallest of them.
    pub first: Uuid,
    /// The greatest of them.
    pub last: Uuid,
}

impl IdPrefix {
    /// Reads a whole id or its beginning of at least 6 digits, with or without hyphens. Returns
    /// `None` for other text.
    pub fn read(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|character| *character != '-').collect();
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hexadecimal || !(FEWEST_DIGITS..=32).contains(&digits.len()) {
            return None;
        }
        let filled = |digit: char| {
            let rest = std::iter::repeat_n(digit, 32 - digits.len());
            Uuid::parse_str(&digits.chars().chain(rest).collect::<String>()).ok()
        };
        Some(Self { first: filled('0')?, last: filled('f')? })
    }

    /// Returns the id, if the text was a whole one.
    pub fn whole(&self) -> Option<Uuid> {
        (self.first == self.last).then_some(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::IdPrefix;

    #[test]
    fn a_beginning_stands_for_all_ids_that_begin_with_it() {
        let whole = IdPrefix::read("01a21e71-8831-7148-b94a-400d63074405").unwrap();
        assert_eq!(whole.whole(), Some(whole.first));
        for text in ["01a21e71-88", "01A21E7188", "01a21e71"] {
            let ids = IdPrefix::read(text).unwrap();
            assert!(ids.first <= whole.first && whole.first <= ids.last, "{text}");
            assert_eq!(ids.whole(), None, "{text}");
        }
        for text in ["", "01a21", "01a21e7x", "01a21e71-8831-7148-b94a-400d630744051"] {
            assert_eq!(IdPrefix::read(text), None, "{text}");
        }
    }
}
