//! The lines of a table's rows.

use unicode_width::UnicodeWidthStr;

use super::cell::Cell;
use super::column::Kind;
use super::layout::{GAP, Layout};
use super::wrap::{continued, wrapped};

/// The indentation of what stands below a row.
const INDENT: usize = 2;

/// The narrowest text below a row.
const NARROWEST_BELOW: usize = 20;

impl Layout {
    /// Returns the lines of a table on a screen with `limit` columns, each with a line break.
    pub(super) fn lines(&self, limit: usize, has_colours: bool) -> String {
        let columns = &self.table.columns;
        let heading: Vec<Cell> = columns.iter().map(|column| Cell::from(&column.heading)).collect();
        let mut lines = self.row_lines(&heading, has_colours);
        for (number, row) in self.table.rows.iter().enumerate() {
            lines.push_str(&self.row_lines(row, has_colours));
            lines.push_str(&self.lines_below(number, limit));
        }
        lines
    }

    /// Returns the lines of one row.
    fn row_lines(&self, cells: &[Cell], has_colours: bool) -> String {
        let parts: Vec<Vec<String>> = cells
            .iter()
            .zip(&self.widths)
            .map(|(cell, width)| wrapped(&cell.text, *width))
            .collect();
        let height = parts.iter().map(Vec::len).max().unwrap_or(1);
        let mut lines = String::new();
        for at in 0..height {
            let mut line = String::new();
            let mut before = 0;
            for (((part, cell), column), width) in
                parts.iter().zip(cells).zip(&self.table.columns).zip(&self.widths)
            {
                let text = part.get(at).map(String::as_str).unwrap_or_default();
                let space = width.saturating_sub(text.width());
                if column.kind == Kind::Number {
                    before += space;
                }
                if !text.is_empty() {
                    line.extend(std::iter::repeat_n(' ', before));
                    before = 0;
                    match cell.tone.code().filter(|_| has_colours) {
                        Some(code) => line.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m")),
                        None => line.push_str(text),
                    }
                }
                before += GAP + if column.kind == Kind::Number { 0 } else { space };
            }
            lines.push_str(&line);
            lines.push('\n');
        }
        lines
    }

    /// Returns the lines below the row of this number.
    fn lines_below(&self, number: usize, limit: usize) -> String {
        let width = limit.saturating_sub(INDENT).max(NARROWEST_BELOW);
        let mut lines = String::new();
        for (column, cells) in &self.below {
            let Some(cell) = cells.get(number).filter(|cell| !cell.text.is_empty()) else {
                continue;
            };
            let parts = match column.kind {
                Kind::Command => continued(&cell.text, width),
                Kind::Text | Kind::Number | Kind::Id | Kind::Time => wrapped(&cell.text, width),
            };
            for part in parts {
                lines.push_str(&format!("{:INDENT$}{part}\n", ""));
            }
        }
        lines
    }
}
