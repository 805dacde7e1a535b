//! How rows are sorted, and where a page ends.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::columns::{Column, Listed};
use super::condition::ListedTime;
use super::row::Row;
use crate::store::StoreError;

/// Which rows come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The smallest value first.
    Ascending,
    /// The greatest value first.
    Descending,
}

/// The column and the direction by which rows are sorted. The id breaks ties in the same direction;
/// rows without a value come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub(super) column: Column,
    pub(super) direction: Direction,
}

/// A position in a sorted list: after the row with this value and this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    sort: Sort,
    /// The value in the column of the sort, as Postgres reads it; `None` for null.
    pub(super) value: Option<String>,
    pub(super) id: Uuid,
}

impl Sort {
    /// Returns the sort in which the newest row comes first.
    pub fn newest_first(listed: Listed) -> Self {
        Self { column: listed.received(), direction: Direction::Descending }
    }

    /// Returns the sort in which the row with the latest time comes first. Returns `None` if rows of
    /// the list have no such time.
    pub fn latest_first(listed: Listed, by: ListedTime) -> Option<Self> {
        let column = listed.column(by.column(listed)?)?;
        Some(Self { column, direction: Direction::Descending })
    }

    /// Reads the name of a column, with `-` in front for [`Direction::Descending`]. Returns `None`
    /// if the list cannot be sorted by it.
    pub fn from_word(listed: Listed, word: &str) -> Option<Self> {
        let (name, direction) = match word.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (word, Direction::Ascending),
        };
        let column = listed.column(name).filter(Column::is_sortable)?;
        Some(Self { column, direction })
    }

    /// Returns the word that [`Self::from_word`] reads.
    pub fn word(&self) -> String {
        match self.direction {
            Direction::Ascending => self.column.name.to_owned(),
            Direction::Descending => format!("-{}", self.column.name),
        }
    }
}

impl Cursor {
    /// Returns the position after a row.
    pub(super) fn after(listed: Listed, sort: Sort, row: &Row) -> Result<Self, StoreError> {
        let id = row.text(listed.id()).parse();
        let id = id.map_err(|_| StoreError::without_an_id())?;
        let value = row.plain(sort.column.name);
        Ok(Self { sort, value, id })
    }

    /// Reads the text of a cursor. Returns `None` if it is not a cursor of this sort.
    pub fn from_word(sort: Sort, word: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(word.as_bytes()).ok()?;
        let (of, value, id): (String, Option<String>, Uuid) =
            serde_json::from_slice(&bytes).ok()?;
        // A value with a NUL could be in no column.
        let is_possible = !value.as_deref().is_some_and(|value| value.contains('\0'));
        (of == sort.word() && is_possible).then_some(Self { sort, value, id })
    }

    /// Returns the text that [`Self::from_word`] reads.
    pub fn word(&self) -> String {
        let parts = serde_json::json!([self.sort.word(), self.value, self.id]);
        BASE64URL_NOPAD.encode(parts.to_string().as_bytes())
    }
}
