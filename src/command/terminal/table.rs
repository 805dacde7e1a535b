//! Tables that fit the width of the terminal: ids are shortened, then the least important columns
//! are left out, then long cells are broken into lines.

use unicode_width::UnicodeWidthStr;

use super::screen::Screen;
use crate::rendering::printable::printable;

/// The space between columns.
const GAP: usize = 2;

/// The narrowest that a column becomes.
const NARROWEST: usize = 6;

/// The lengths to which ids are shortened: whole groups of a UUID. The first two groups are a time
/// in milliseconds.
const SHORT_IDS: [usize; 3] = [13, 18, 23];

/// A column of a table.
#[derive(Clone, Debug)]
pub(in crate::command) struct TableColumn {
    heading: String,
    kind: Kind,
    /// The rank among the columns that may be left out, the greatest first; `None` stays.
    droppable: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Id,
}

/// What a cell means, which its colour shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::command) enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// It is as it should be.
    Good,
    /// It is not final, or somebody should know.
    Waiting,
    /// It failed, or somebody must look.
    Bad,
}

impl Tone {
    /// Returns the code of the colour, as in ECMA-48 (SGR).
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("32"),
            Self::Waiting => Some("33"),
            Self::Bad => Some("31"),
        }
    }
}

/// The text of a cell, and what it means.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct Cell {
    text: String,
    tone: Tone,
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: printable(text.as_ref()), tone: Tone::Plain }
    }
}

impl Cell {
    /// Makes a cell with a tone.
    pub(in crate::command) fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { tone, ..Self::from(text) }
    }
}

impl TableColumn {
    /// Makes a column of text.
    pub(in crate::command) fn text(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), kind: Kind::Text, droppable: None }
    }

    /// Makes a column of numbers, which are aligned at their ends.
    pub(in crate::command) fn number(heading: impl Into<String>) -> Self {
        Self { kind: Kind::Number, ..Self::text(heading) }
    }

    /// Makes a column of UUIDs.
    pub(in crate::command) fn id(heading: impl Into<String>) -> Self {
        Self { kind: Kind::Id, ..Self::text(heading) }
    }

    /// Lets the column be left out if the table is too wide, those with the greatest rank first.
    pub(in crate::command) fn droppable(self, rank: u8) -> Self {
        Self { droppable: Some(rank), ..self }
    }
}

/// Columns and rows.
#[derive(Clone, Debug)]
pub(in crate::command) struct Table {
    columns: Vec<TableColumn>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Makes a table without rows.
    pub(in crate::command) fn new(columns: impl IntoIterator<Item = TableColumn>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row, one cell for each column.
    pub(in crate::command) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut cells: Vec<Cell> = cells.into_iter().collect();
        cells.resize(self.columns.len(), Cell::default());
        self.rows.push(cells);
    }

    /// Returns the lines of the table on a screen, each with a line break.
    pub(in crate::command) fn lines(mut self, screen: Screen) -> String {
        let limit = screen.width.unwrap_or(usize::MAX);
        if self.width() > limit {
            self.shorten_ids();
        }
        while self.width() > limit && self.drop_a_column() {}
        let widths = self.fitted(limit);
        let heading: Vec<Cell> =
            self.columns.iter().map(|column| Cell::from(&column.heading)).collect();
        let rows = std::iter::once(&heading).chain(&self.rows);
        rows.map(|cells| self.row_lines(cells, &widths, screen.has_colours)).collect()
    }

    /// Returns the width of each column without a limit.
    fn natural(&self) -> Vec<usize> {
        let mut widths: Vec<usize> =
            self.columns.iter().map(|column| column.heading.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        widths
    }

    fn width(&self) -> usize {
        total(&self.natural())
    }

    /// Shortens the ids of each column to their beginnings, as long as these differ.
    fn shorten_ids(&mut self) {
        for (index, column) in self.columns.iter().enumerate() {
            if column.kind != Kind::Id {
                continue;
            }
            let ids = || self.rows.iter().filter_map(|row| Some(&row.get(index)?.text));
            let begin = |id: &String, length| id.chars().take(length).collect::<String>();
            let differ = |length: &usize| {
                let mut all: Vec<&String> = ids().collect();
                all.sort();
                all.dedup();
                let mut short: Vec<String> = all.iter().map(|id| begin(id, *length)).collect();
                short.dedup();
                short.len() == all.len()
            };
            let Some(length) = SHORT_IDS.into_iter().find(differ) else { continue };
            for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(index)) {
                cell.text = begin(&cell.text, length);
            }
        }
    }

    /// Leaves out the least important column, if there is one.
    fn drop_a_column(&mut self) -> bool {
        let ranked = self.columns.iter().enumerate();
        let ranked = ranked.filter_map(|(index, column)| Some((column.droppable?, index)));
        let Some((_, index)) = ranked.max() else { return false };
        self.columns.remove(index);
        for row in &mut self.rows {
            row.remove(index);
        }
        true
    }

    /// Returns the widths of the columns, the widest ones narrowed until all fit.
    fn fitted(&self, limit: usize) -> Vec<usize> {
        let mut widths = self.natural();
        while total(&widths) > limit {
            let excess = total(&widths) - limit;
            let mut sorted = widths.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let widest = sorted.first().copied().unwrap_or_default();
            let next = sorted.into_iter().find(|width| *width < widest).unwrap_or(NARROWEST);
            let target = next.max(NARROWEST).max(widest.saturating_sub(excess));
            let Some(width) = widths.iter_mut().find(|width| **width == widest) else { break };
            if target >= widest {
                break;
            }
            *width = target;
        }
        widths
    }

    /// Returns the lines of one row.
    fn row_lines(&self, cells: &[Cell], widths: &[usize], has_colours: bool) -> String {
        let parts: Vec<Vec<String>> =
            cells.iter().zip(widths).map(|(cell, width)| broken(&cell.text, *width)).collect();
        let height = parts.iter().map(Vec::len).max().unwrap_or(1);
        let mut lines = String::new();
        for at in 0..height {
            let mut line = String::new();
            let mut before = 0;
            for (((part, cell), column), width) in
                parts.iter().zip(cells).zip(&self.columns).zip(widths)
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
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// Breaks text into lines of at most `width` columns, at spaces if possible.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if (line.width() + word.trim_end().width() > width) && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for character in word.chars() {
            let mut longer = line.clone();
            longer.push(character);
            if longer.trim_end().width() > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, TableColumn, Tone};
    use crate::command::terminal::screen::Screen;

    fn table() -> Table {
        let mut table = Table::new([
            TableColumn::id("id"),
            TableColumn::text("account").droppable(1),
            TableColumn::text("text"),
            TableColumn::number("amount"),
        ]);
        let ids = ["01a21e71-8831-7148-b94a-400d63074405", "01a21e71-8832-7148-b94a-400d63074405"];
        table.row([ids[0].into(), "hk".into(), "退款 done".into(), "88.50".into()]);
        table.row([ids[1].into(), "ph".into(), "a b".into(), "1.00".into()]);
        table
    }

    fn lines(width: Option<usize>) -> String {
        table().lines(Screen { width, has_colours: false })
    }

    #[test]
    fn a_table_fits_by_shorter_ids_then_fewer_columns_then_broken_cells() {
        assert_eq!(
            lines(None),
            "\
id                                    account  text       amount
01a21e71-8831-7148-b94a-400d63074405  hk       退款 done   88.50
01a21e71-8832-7148-b94a-400d63074405  ph       a b          1.00
"
        );
        assert_eq!(
            lines(Some(45)),
            "\
id             account  text       amount
01a21e71-8831  hk       退款 done   88.50
01a21e71-8832  ph       a b          1.00
"
        );
        assert_eq!(
            lines(Some(36)),
            "\
id             text       amount
01a21e71-8831  退款 done   88.50
01a21e71-8832  a b          1.00
"
        );
        for width in [16, 20, 24, 28, 31] {
            let shown = lines(Some(width));
            let fits = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= width.max(22);
            assert!(shown.lines().all(fits), "{width}:\n{shown}");
            let whole: String = shown.split_whitespace().collect();
            assert!(whole.contains("88.50"), "{shown}");
        }
    }

    #[test]
    fn colours_change_no_column_and_control_characters_become_text() {
        let mut table = Table::new([TableColumn::text("a"), TableColumn::text("b")]);
        table.row([Cell::toned("bad", Tone::Bad), Cell::from("\u{1b}[2Jx\u{202e}")]);
        let plain = table.clone().lines(Screen::default());
        assert_eq!(plain, "a    b\nbad  \\u{1b}[2Jx\\u{202e}\n");
        let coloured = table.lines(Screen { width: None, has_colours: true });
        assert_eq!(coloured.replace("\u{1b}[31m", "").replace("\u{1b}[0m", ""), plain);
        assert_ne!(coloured, plain);
    }
}
