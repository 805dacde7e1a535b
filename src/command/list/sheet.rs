//! Rows with fixed columns, as JSON, CSV or a table.

use super::super::terminal::output;
use super::super::terminal::table::{Table, TableColumn};
use super::request::Format;
use crate::command::Failure;
use crate::query::Times;
use crate::rendering::{Ordered, ReportCells};
use crate::store::Row;

/// Rows to print.
pub(in crate::command) struct Sheet {
    format: Format,
    cells: ReportCells,
    rows: Vec<Row>,
}

impl Sheet {
    /// Makes a sheet without rows.
    pub(in crate::command) fn new(
        format: Format,
        columns: &'static [&'static str],
        times: Times,
    ) -> Self {
        Self { format, cells: ReportCells { columns, times }, rows: Vec::new() }
    }

    /// Adds a row.
    pub(in crate::command) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Prints the rows.
    pub(in crate::command) fn print(self) -> Result<(), Failure> {
        let Self { format, cells, rows } = self;
        match format {
            Format::Json => rows
                .iter()
                .try_for_each(|row| output::json_line(&Ordered { row, columns: cells.columns })),
            Format::Csv => output::write(&cells.csv(&rows)),
            Format::Table => {
                let names = cells.readable_names().into_iter();
                let mut table = Table::new(names.map(|name| match name.as_str() {
                    "refund_id" => TableColumn::id(name).droppable(3),
                    "count" | "amount" => TableColumn::number(name),
                    "provider" => TableColumn::text(name).droppable(2),
                    "first_received_at" => TableColumn::time(name).droppable(1),
                    _ => TableColumn::text(name),
                }));
                for row in &rows {
                    table.row(cells.readable(row).into_iter().map(Into::into));
                }
                output::show(table)
            }
        }
    }
}
