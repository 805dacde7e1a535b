//! Mistakes in what somebody asks.

use std::fmt;

use crate::store::TooManyToSort;

/// A word that is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The parameter, as in a URL: `older_than`.
    pub name: String,
    /// What was expected, and what was found.
    pub message: String,
}

impl Mistake {
    /// Creates a mistake: `name` should be something else.
    pub fn new(name: &str, message: impl Into<String>) -> Self {
        Self { name: name.to_owned(), message: message.into() }
    }

    /// Creates the mistake that `name` was expected to be `wanted`.
    pub fn expected(name: &str, wanted: &str, found: &str) -> Self {
        Self::new(name, format!("expected {wanted}, found {found:?}"))
    }

    /// Returns the option of a command: `--older-than`.
    pub fn option(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for Mistake {}

impl From<TooManyToSort> for Mistake {
    fn from(error: TooManyToSort) -> Self {
        Self::new("sort", error.to_string())
    }
}
