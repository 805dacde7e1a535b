//! Rows with fixed columns, as JSON, CSV or a table. Each amount in minor units has its amount in
//! major units beside it, except in JSON.

use serde_json::Value;

use super::super::terminal::table::{Table, TableColumn};
use super::super::terminal::times::Times;
use super::super::terminal::{csv, output};
use super::ordered::Ordered;
use super::request::Format;
use crate::command::Failure;
use crate::store::Row;
use refund_providers::refund::money::in_major_units;

/// Rows to print.
pub(in crate::command) struct Sheet {
    format: Format,
    columns: &'static [&'static str],
    times: Times,
    rows: Vec<Row>,
}

impl Sheet {
    /// Makes a sheet without rows.
    pub(in crate::command) fn new(
        format: Format,
        columns: &'static [&'static str],
        times: Times,
    ) -> Self {
        Self { format, columns, times, rows: Vec::new() }
    }

    /// Adds a row.
    pub(in crate::command) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Prints the rows.
    pub(in crate::command) fn print(self) -> Result<(), Failure> {
        match self.format {
            Format::Json => self
                .rows
                .iter()
                .try_for_each(|row| output::json_line(&Ordered { row, columns: self.columns })),
            Format::Csv => {
                let names = self.names(self.columns.iter().copied());
                let mut text = csv::BYTE_ORDER_MARK.to_owned();
                text.push_str(&csv::line(names.iter().map(String::as_str)));
                for row in &self.rows {
                    let cells = self.cells(row, self.columns.iter().copied());
                    text.push_str(&csv::line(cells.iter().map(String::as_str)));
                }
                output::write(&text)
            }
            Format::Table => {
                // People read major units; the exponent is in them.
                let is_shown = |name: &&str| !name.starts_with("currency_exponent");
                let columns: Vec<&str> = self.columns.iter().copied().filter(is_shown).collect();
                let names = self.names(columns.iter().copied());
                let names = names.into_iter().filter(|name| !name.contains("_minor"));
                let mut table = Table::new(names.map(|name| match name.as_str() {
                    "refund_id" => TableColumn::id(name).droppable(3),
                    "count" | "amount" | "amount_before" => TableColumn::number(name),
                    "provider" => TableColumn::text(name).droppable(2),
                    "first_received_at" => TableColumn::text(name).droppable(1),
                    _ => TableColumn::text(name),
                }));
                for row in &self.rows {
                    let columns = columns.iter().copied();
                    let mut cells = Vec::new();
                    for name in columns {
                        match major(row, name) {
                            Some(amount) => cells.push(amount.into()),
                            None => cells.push(self.text(row, name).into()),
                        }
                    }
                    table.row(cells);
                }
                output::show(table)
            }
        }
    }

    /// Returns the names of the columns, with one in major units after each in minor units.
    fn names<'c>(&self, columns: impl Iterator<Item = &'c str>) -> Vec<String> {
        let mut names = Vec::new();
        for name in columns {
            names.push(name.to_owned());
            if let Some(amount) = in_major(name) {
                names.push(amount);
            }
        }
        names
    }

    fn cells<'c>(&self, row: &Row, columns: impl Iterator<Item = &'c str>) -> Vec<String> {
        let mut cells = Vec::new();
        for name in columns {
            cells.push(self.text(row, name));
            cells.extend(major(row, name));
        }
        cells
    }

    fn text(&self, row: &Row, name: &str) -> String {
        match row.0.get(name) {
            Some(Value::String(text)) if name.ends_with("_at") => self.times.show_text(text),
            Some(value) => output::plain(value),
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
