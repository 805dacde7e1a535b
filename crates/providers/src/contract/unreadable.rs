//! Why an authentic message could not be put into our words.

use std::fmt;

/// What is wrong with a field of an authentic message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// The content as a whole is not of the documented form.
    MalformedContent,
    /// A field without which there is no refund is absent.
    MissingField,
    /// Text that is empty, longer than [`super::fields::LONGEST_TEXT`], or no text at all.
    InvalidText,
    /// Not a number as documented.
    InvalidAmount,
    /// Not a currency of ISO 4217.
    UnknownCurrency,
    /// Not a time as documented.
    InvalidTime,
    /// Encrypted in a way that we do not open.
    UnsupportedAlgorithm,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 7] = [
        Self::MalformedContent,
        Self::MissingField,
        Self::InvalidText,
        Self::InvalidAmount,
        Self::UnknownCurrency,
        Self::InvalidTime,
        Self::UnsupportedAlgorithm,
    ];

    /// The word in metrics, and the first half of a delivery's reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MalformedContent => "malformed_content",
            Self::MissingField => "missing_field",
            Self::InvalidText => "invalid_text",
            Self::InvalidAmount => "invalid_amount",
            Self::UnknownCurrency => "unknown_currency",
            Self::InvalidTime => "invalid_time",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
        }
    }
}

/// Why an authentic message could not be put into our words: what is wrong, and with which field.
/// Field names are our own text, so the whole comes from a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub problem: Problem,
    /// The provider's name of the field.
    pub field: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.problem.as_str(), self.field)
    }
}
