//! A row of a list.

use serde::Serialize;
use serde_json::{Map, Value};

/// A row: its values by the names of their columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Row(pub Map<String, Value>);

impl Row {
    /// Returns the text in a column, or an empty text if the column is null or absent.
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the integer in a column, or `None` if the column is null or absent.
    pub fn integer(&self, column: &str) -> Option<i64> {
        self.0.get(column).and_then(Value::as_i64)
    }

    /// Returns the boolean in a column, or false if the column is null or absent.
    pub fn is(&self, column: &str) -> bool {
        self.0.get(column).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Returns whether the column has a value.
    pub fn has(&self, column: &str) -> bool {
        self.0.get(column).is_some_and(|value| !value.is_null())
    }

    /// Returns the texts in a column that is an array.
    pub fn texts(&self, column: &str) -> Vec<&str> {
        let values = self.0.get(column).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Returns the value as text without quotes, or `None` for null.
    pub fn plain(&self, column: &str) -> Option<String> {
        let value = self.0.get(column)?;
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None if value.is_null() => None,
            None => Some(value.to_string()),
        }
    }
}
