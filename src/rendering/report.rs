//! The rows of a report as text. Each amount in minor units has its amount in major units beside it.

use serde_json::Value;

use super::cells::{cell, plain};
use super::csv::{self, Cell};
use crate::query::{AMOUNT, Times};
use crate::store::Row;
use refund_providers::refund::money::in_major_units;

/// What the names of the values from before end with.
const BEFORE: &str = "_before";

/// What a report compares with its value before.
const COMPARED: [&str; 3] = ["status", "amount_minor", "currency"];

/// The cells of a report with fixed columns.
#[derive(Clone, Debug)]
pub struct ReportCells {
    /// The names of the columns.
    pub columns: &'static [&'static str],
    /// How times are shown.
    pub times: Times,
}

impl ReportCells {
    /// Returns the rows as CSV, with the mark of UTF-8 and the names of the columns.
    pub fn csv(&self, rows: &[Row]) -> String {
        let names = self.names();
        let mut text = csv::BYTE_ORDER_MARK.to_owned();
        text.push_str(&csv::line(names.iter().map(|name| Cell::Text(name))));
        for row in rows {
            let mut cells = Vec::new();
            for name in self.columns {
                cells.push((*name, self.text(row, name)));
                cells.extend(major(row, name).map(|amount| (AMOUNT, amount)));
            }
            text.push_str(&csv::line(cells.iter().map(|(name, text)| cell(row, name, text))));
        }
        text
    }

    /// Returns the names of the columns that people read: amounts in major units only, without
    /// exponents. What is compared with its value before is in two columns, `before` and `now`.
    pub fn readable_names(&self) -> Vec<String> {
        let names = self.readable_columns();
        let mut names: Vec<String> =
            names.map(|name| in_major(name).unwrap_or(name.to_owned())).collect();
        if self.compares() {
            names.extend(["before".to_owned(), "now".to_owned()]);
        }
        names
    }

    /// Returns the cells that people read.
    pub fn readable(&self, row: &Row) -> Vec<String> {
        let cell = |name: &str| major(row, name).unwrap_or_else(|| self.text(row, name));
        let mut cells: Vec<String> = self.readable_columns().map(cell).collect();
        if self.compares() {
            cells.extend([BEFORE, ""].map(|suffix| {
                let values = COMPARED.map(|name| cell(&format!("{name}{suffix}")));
                let values: Vec<&str> =
                    values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
                if values.is_empty() { "–".to_owned() } else { values.join(" ") }
            }));
        }
        cells
    }

    /// Returns the names of the columns, with one in major units after each in minor units.
    fn names(&self) -> Vec<String> {
        let with_major = |name: &&str| {
            let name: &str = name;
            [Some(name.to_owned()), in_major(name)].into_iter().flatten()
        };
        self.columns.iter().flat_map(with_major).collect()
    }

    fn readable_columns(&self) -> impl Iterator<Item = &'static str> {
        let compares = self.compares();
        let is_compared =
            move |name: &str| compares && COMPARED.contains(&name.trim_end_matches(BEFORE));
        let columns = self.columns.iter().copied();
        columns.filter(move |name| !name.starts_with("currency_exponent") && !is_compared(name))
    }

    /// Returns whether the report has values from before beside those of now.
    fn compares(&self) -> bool {
        self.columns.iter().any(|name| name.ends_with(BEFORE))
    }

    fn text(&self, row: &Row, name: &str) -> String {
        match row.0.get(name) {
            Some(Value::String(text)) if name.ends_with("_at") => self.times.show_text(text),
            Some(value) => plain(value),
            None => String::new(),
        }
    }
}

/// Returns the name of the column in major units beside one in minor units.
fn in_major(name: &str) -> Option<String> {
    name.contains("amount_minor").then(|| name.replace("amount_minor", "amount"))
}

/// Returns an amount in major units, empty if it is not known; `None` if the column has no amount.
fn major(row: &Row, name: &str) -> Option<String> {
    in_major(name)?;
    let exponent = name.replace("amount_minor", "currency_exponent");
    let exponent = row.integer(&exponent).and_then(|exponent| u8::try_from(exponent).ok());
    Some(match row.integer(name).zip(exponent) {
        Some((minor, exponent)) => in_major_units(minor, exponent),
        None => String::new(),
    })
}
