//! Reads the pages of a list and prints them.

use std::io::{self, Write};

use super::super::terminal::output;
use super::super::terminal::table::{Cell, Table, TableColumn};
use super::request::{Format, ListRequest};
use crate::command::Failure;
use crate::command::user;
use crate::query::{AMOUNT, Times};
use crate::rendering::{CsvOfList, Ordered, all_columns, readable};
use crate::store::{Action, Listed, Page, Row, Store};

/// The most rows of one read.
const PAGE: u32 = 500;

/// The usual table of a list, for people.
pub(in crate::command) struct TableOf {
    pub columns: fn() -> Vec<TableColumn>,
    pub row: fn(&Row, &Times) -> Vec<Cell>,
}

/// Prints a list, and on standard error how to continue if more rows follow.
pub(in crate::command) async fn print(
    store: &Store,
    mut request: ListRequest,
    usual: &TableOf,
) -> Result<(), Failure> {
    if request.format == Format::Csv {
        let listed = request.query.listed.as_str();
        user::note(store, Action::Export, listed, &request.filter).await?;
    }
    let mut printer = Printer::new(&request, usual);
    printer.begin()?;
    let mut left = request.query.limit;
    loop {
        request.query.limit = left.min(PAGE);
        let Page { rows, next } = store.list(&request.query).await?;
        left = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(left));
        for row in &rows {
            printer.add(row)?;
        }
        request.query.after = next;
        if left == 0 || request.query.after.is_none() {
            break;
        }
    }
    printer.finish()?;
    if let Some(cursor) = &request.query.after {
        // If standard error is closed, nobody continues.
        let _ = writeln!(io::stderr(), "next: --after {}", cursor.word());
    }
    Ok(())
}

struct Printer<'a> {
    format: Format,
    /// The columns of JSON and CSV, and of a table for which columns were chosen.
    columns: Vec<&'static str>,
    csv: CsvOfList,
    times: Times,
    table: Table,
    /// How a row becomes the cells of the usual table; `None` if columns were chosen.
    usual: Option<&'a TableOf>,
}

impl<'a> Printer<'a> {
    fn new(request: &ListRequest, usual: &'a TableOf) -> Self {
        let listed = request.query.listed;
        let chosen = request.columns.clone();
        let usual = chosen.is_none().then_some(usual);
        let columns = chosen.unwrap_or_else(|| all_columns(listed, request.format == Format::Csv));
        let table = match usual {
            Some(usual) => Table::new((usual.columns)()),
            None => Table::new(columns.iter().map(|name| heading(listed, name))),
        };
        let times = request.times.clone();
        let csv = CsvOfList::new(listed, Some(&columns), &times);
        Self { format: request.format, columns, csv, times, table, usual }
    }

    /// Writes what comes before the first row.
    fn begin(&self) -> Result<(), Failure> {
        match self.format {
            Format::Csv => output::write(&self.csv.head()),
            Format::Table | Format::Json => Ok(()),
        }
    }

    fn add(&mut self, row: &Row) -> Result<(), Failure> {
        match self.format {
            Format::Json => output::json_line(&Ordered { row, columns: &self.columns }),
            Format::Csv => output::write(&self.csv.row(row)),
            Format::Table => {
                let cells = match self.usual {
                    Some(usual) => (usual.row)(row, &self.times),
                    None => {
                        let text = |name: &&str| readable(row, name, &self.times).into();
                        self.columns.iter().map(text).collect()
                    }
                };
                self.table.row(cells);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self.format {
            Format::Table => output::show(self.table),
            Format::Json | Format::Csv => Ok(()),
        }
    }
}

fn heading(listed: Listed, name: &str) -> TableColumn {
    if name == listed.id() || name.starts_with("replayed_") {
        TableColumn::id(name)
    } else if name == AMOUNT || name.ends_with("_minor") || name.ends_with("_count") {
        TableColumn::number(name)
    } else if name.ends_with("_at") {
        TableColumn::time(name)
    } else {
        TableColumn::text(name)
    }
}
