//! Why an authentic message could not be read.

use std::fmt;

/// Why an authentic message about a refund has no readable identity or status word, or is not ours.
/// No other field can make a message unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// The content as a whole does not have the documented form.
    MalformedContent,
    /// A required field is absent.
    MissingField,
    /// The value is empty, too long, or not text.
    InvalidText,
    /// The content is encrypted with an algorithm that is not supported.
    UnsupportedAlgorithm,
    /// The message is for an account of the provider that is not configured.
    ForeignAccount,
    /// The message is about a refund, in an event of which no documentation is known.
    UnsupportedEvent,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 6] = [
        Self::MalformedContent,
        Self::MissingField,
        Self::InvalidText,
        Self::UnsupportedAlgorithm,
        Self::ForeignAccount,
        Self::UnsupportedEvent,
    ];

    /// Returns the word for the problem in metrics. It is the first half of a delivery's reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MalformedContent => "malformed_content",
            Self::MissingField => "missing_field",
            Self::InvalidText => "invalid_text",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::ForeignAccount => "foreign_account",
            Self::UnsupportedEvent => "unsupported_event",
        }
    }
}

/// Why an authentic message could not be read: the problem and the field. Field names are literals
/// of this crate, so the set of reasons is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The problem.
    pub problem: Problem,
    /// The provider's name of the field. It is empty if the problem is not in a field.
    pub field: &'static str,
}

impl Unreadable {
    /// The message is for an account of the provider that is not configured. One secret serves
    /// several accounts, so a refusal could make the provider switch all of them off.
    pub const FOREIGN_ACCOUNT: Self = Self { problem: Problem::ForeignAccount, field: "" };

    /// The message is about a refund, in an event of which no documentation is known. It must not be
    /// taken for a message about something else: the money would stay unaccounted for.
    pub const UNSUPPORTED_EVENT: Self = Self { problem: Problem::UnsupportedEvent, field: "" };

    /// Returns the error that the message has no `field`.
    pub fn missing(field: &'static str) -> Self {
        Self { problem: Problem::MissingField, field }
    }

    /// Returns a function that turns any error into `problem` with `field`, for `map_err`.
    pub fn from_error<E>(problem: Problem, field: &'static str) -> impl FnOnce(E) -> Self {
        move |_| Self { problem, field }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            "" => formatter.write_str(self.problem.as_str()),
            field => write!(formatter, "{}:{field}", self.problem.as_str()),
        }
    }
}
