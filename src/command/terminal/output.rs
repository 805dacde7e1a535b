//! Writes lines, JSON and tables to standard output. A reader that closes the pipe (`| head`) is
//! reported as [`Failure::OutputClosed`].

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::screen::Screen;
use super::table::{Cell, Table, TableColumn};
use crate::command::Failure;
use crate::rendering::printable::is_printable;

/// Writes text and a line break.
pub(in crate::command) fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    write(&format!("{}\n", text.as_ref()))
}

/// Writes a value as one line of JSON.
pub(in crate::command) fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    line(printable_json(serde_json::to_string(value))?)
}

/// Writes a value as JSON for people to read.
pub(in crate::command) fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(printable_json(serde_json::to_string_pretty(value))?)
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

/// Escapes the control characters that JSON allows in texts.
fn printable_json(json: Result<String, serde_json::Error>) -> Result<String, Failure> {
    let json = json.map_err(|error| Failure::Other(error.to_string()))?;
    let is_allowed = |character: char| character.is_ascii() && character != '\u{7f}';
    if json.chars().all(is_allowed) {
        return Ok(json);
    }
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        // A line break is between values: inside of texts, it is escaped already.
        if character != '\n' && !is_printable(character) {
            shown.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    Ok(shown)
}

/// Writes text unchanged, and flushes it.
pub(in crate::command) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::OutputClosed),
        outcome => Ok(outcome?),
    }
}
