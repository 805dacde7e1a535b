//! The values of a row as text, and a list as CSV.

use serde_json::Value;

use super::amounts::major_units;
use super::csv::{self, Cell};
use crate::query::{AMOUNT, Times};
use crate::store::{Listed, Row};

/// Returns the columns of a list in order; CSV also has the amount in major units.
pub fn all_columns(listed: Listed, is_csv: bool) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = listed.columns().iter().map(|column| column.name).collect();
    if listed == Listed::Refunds && is_csv {
        names.push(AMOUNT);
    }
    names
}

/// Returns a JSON value as it is shown in a table: a text without quotes, and nothing for null.
pub fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}

/// Returns the value of a row in a column as text. `time` shows a time that the database wrote.
pub(super) fn text(row: &Row, name: &str, time: impl Fn(&str) -> String) -> String {
    if name == AMOUNT {
        return major_units(row).unwrap_or_default();
    }
    match row.0.get(name) {
        Some(Value::Array(_)) => row.texts(name).join(" "),
        Some(Value::String(text)) if name.ends_with("_at") => time(text),
        Some(value) => plain(value),
        None => String::new(),
    }
}

/// Returns the text of a row's value in a column as a cell: of a text, or of a number.
pub(super) fn cell<'t>(row: &Row, name: &str, text: &'t str) -> Cell<'t> {
    match row.0.get(name) {
        Some(Value::String(_) | Value::Array(_) | Value::Object(_)) => Cell::Text(text),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => Cell::Number(text),
    }
}

/// A list as CSV.
#[derive(Clone, Debug)]
pub struct CsvOfList {
    columns: Vec<&'static str>,
    times: Times,
}

impl CsvOfList {
    /// Makes a list with these columns, or with all if there are none. Times are exact, in the zone
    /// of `times`.
    pub fn new(listed: Listed, columns: Option<&[&'static str]>, times: &Times) -> Self {
        let columns = columns.map_or_else(|| all_columns(listed, true), <[_]>::to_vec);
        Self { columns, times: times.clone() }
    }

    /// Returns what comes before the first row: the mark of UTF-8, and the names of the columns.
    pub fn head(&self) -> String {
        format!(
            "{}{}",
            csv::BYTE_ORDER_MARK,
            csv::line(self.columns.iter().copied().map(Cell::Text))
        )
    }

    /// Returns a row.
    pub fn row(&self, row: &Row) -> String {
        let exactly = |at: &str| self.times.show_text_exactly(at);
        let cells: Vec<String> = self.columns.iter().map(|name| text(row, name, exactly)).collect();
        csv::line(self.columns.iter().zip(&cells).map(|(name, text)| cell(row, name, text)))
    }
}

/// Returns the value of a row in a column as people read it: times to the second.
pub fn readable(row: &Row, name: &str, times: &Times) -> String {
    text(row, name, |at| times.show_text(at))
}
