//! The cells of a table.

use crate::rendering::printable::printable;

/// What a cell means, which its colour shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::command) enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// It is as it should be.
    Good,
    /// It is not final, or somebody should know.
    Waiting,
    /// It failed, or somebody must look.
    Bad,
}

impl Tone {
    /// Returns the code of the colour, as in ECMA-48 (SGR).
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("32"),
            Self::Waiting => Some("33"),
            Self::Bad => Some("31"),
        }
    }
}

/// The text of a cell, and what it means.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct Cell {
    /// Printable text.
    pub(super) text: String,
    pub(super) tone: Tone,
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: printable(text.as_ref()), tone: Tone::Plain }
    }
}

impl Cell {
    /// Makes a cell with a tone.
    pub(in crate::command) fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { tone, ..Self::from(text) }
    }
}
