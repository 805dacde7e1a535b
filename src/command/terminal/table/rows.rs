//! A table, as commands make it.

use super::cell::Cell;
use super::column::TableColumn;
use crate::command::terminal::screen::Screen;

/// Columns and rows.
#[derive(Clone, Debug)]
pub(in crate::command) struct Table {
    pub(super) columns: Vec<TableColumn>,
    pub(super) rows: Vec<Vec<Cell>>,
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
    pub(in crate::command) fn lines(self, screen: Screen) -> String {
        let limit = screen.width.unwrap_or(usize::MAX);
        self.laid_out(limit).lines(limit, screen.has_colours)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::command::terminal::screen::Screen;
    use crate::command::terminal::table::{Cell, TableColumn, Tone};

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
        for width in [16, 20, 24, 29, 31] {
            let shown = lines(Some(width));
            // An id, a number and the headings keep their widths.
            let fits = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= width.max(29);
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

    #[test]
    fn notes_and_commands_go_below_before_a_column_is_left_out_and_no_time_is_broken() {
        let mut table = Table::new([
            TableColumn::text("what"),
            TableColumn::time("oldest"),
            TableColumn::time("newest").droppable(1),
            TableColumn::text("empty").droppable(9),
            TableColumn::text("note").below(2),
            TableColumn::command("next").below(2),
        ]);
        let time = "2026-11-22T00:17:00Z";
        let next = "refund-inbox deliveries list --account hk --reason stale";
        table.row(["a long name", time, time, "", "some words", next].map(Cell::from));
        table.row(["b", time, "", "", "", next].map(Cell::from));
        let lines = |width| table.clone().lines(Screen { width, has_colours: false });
        assert_eq!(lines(None).lines().count(), 3);
        assert_eq!(
            lines(Some(58)),
            "\
what         oldest                newest
a long name  2026-11-22T00:17:00Z  2026-11-22T00:17:00Z
  some words
  refund-inbox deliveries list --account hk --reason stale
b            2026-11-22T00:17:00Z
  refund-inbox deliveries list --account hk --reason stale
"
        );
        assert_eq!(
            lines(Some(30)),
            "\
what      oldest
a long    2026-11-22T00:17:00Z
name
  some words
  refund-inbox deliveries list \\
      --account hk \\
      --reason stale
b         2026-11-22T00:17:00Z
  refund-inbox deliveries list \\
      --account hk \\
      --reason stale
"
        );
    }
}
