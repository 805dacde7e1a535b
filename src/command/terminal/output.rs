//! Writes lines, JSON and tables to standard output. A reader that closes the pipe (`| head`) is
//! reported as [`Failure::OutputClosed`].

use std::io::{self, ErrorKind, Write};

use comfy_table::{ContentArrangement, Table};
use serde::Serialize;
use serde_json::Value;

use crate::command::Failure;

/// Writes text and a line break.
pub(in crate::command) fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    write(&format!("{}\n", text.as_ref()))
}

/// Writes a value as one line of JSON.
pub(in crate::command) fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string(value).map_err(|error| Failure::Other(error.to_string()))?)
}

/// Writes a value as JSON for people to read.
pub(in crate::command) fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string_pretty(value).map_err(|error| Failure::Other(error.to_string()))?)
}

/// Writes rows under a heading, in columns two spaces apart.
pub(in crate::command) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Failure> {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heading);
    table.add_rows(rows.into_iter().map(|row| row.map(|cell| printable(&cell))));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    line(lines.join("\n"))
}

/// Returns a JSON value as it is shown in a table: a text without quotes, and nothing for null.
pub(in crate::command) fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}

/// Returns the text with control characters escaped, so that text from a sender cannot control the
/// terminal.
pub(in crate::command) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Writes text unchanged, and flushes it.
pub(in crate::command) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::OutputClosed),
        outcome => Ok(outcome?),
    }
}
