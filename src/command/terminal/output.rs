//! Writes lines, JSON and tables to standard output. A reader that closes the pipe (`| head`) is
//! reported as [`Failure::OutputClosed`].

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::screen::Screen;
use super::table::{Cell, Table, TableColumn, wrapped};
use crate::command::Failure;
use crate::rendering::printable::{printable, printable_json};

/// Writes lines of text and a line break. Other control characters are escaped.
pub(in crate::command) fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    let lines: Vec<String> = text.as_ref().split('\n').map(printable).collect();
    write(&(lines.join("\n") + "\n"))
}

/// Writes a sentence, broken at its words where the screen ends. Each line has this indentation, and
/// those after the first a greater one. Control characters are escaped.
pub(in crate::command) fn paragraph(text: &str, indentation: usize) -> Result<(), Failure> {
    const FURTHER: usize = 2;
    const NARROWEST: usize = 20;
    let width = Screen::of_stdout().width.unwrap_or(usize::MAX);
    let width = width.saturating_sub(indentation + FURTHER).max(NARROWEST);
    let further = if indentation == 0 { 0 } else { FURTHER };
    for (number, line) in wrapped(&printable(text), width).into_iter().enumerate() {
        let indentation = indentation + if number == 0 { 0 } else { further };
        write(&format!("{:indentation$}{line}\n", ""))?;
    }
    Ok(())
}

/// Writes a value as one line of JSON.
pub(in crate::command) fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    line(text(serde_json::to_string(value))?)
}

/// Writes a value as JSON for people to read.
pub(in crate::command) fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(text(serde_json::to_string_pretty(value))?)
}

/// Writes rows under a heading, in columns two spaces apart.
pub(in crate::command) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Failure> {
    let mut table = Table::new(heading.map(TableColumn::text));
    for row in rows {
        table.row(row.map(Cell::from));
    }
    show(table)
}

/// Writes a table that fits the screen.
pub(in crate::command) fn show(table: Table) -> Result<(), Failure> {
    write(&table.lines(Screen::of_stdout()))
}

fn text(json: Result<String, serde_json::Error>) -> Result<String, Failure> {
    let json = json.map_err(|error| Failure::Other(error.to_string()))?;
    Ok(printable_json(&json).into_owned())
}

/// Writes text unchanged, and flushes it.
pub(in crate::command) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::OutputClosed),
        outcome => Ok(outcome?),
    }
}
