//! Which columns of a table are shown, which go below their rows, and how wide the others are.

use unicode_width::UnicodeWidthStr;

use super::cell::Cell;
use super::column::{Kind, TableColumn, Yields};
use super::rows::Table;

/// The space between columns.
pub(super) const GAP: usize = 2;

/// The narrowest that a column becomes.
const NARROWEST: usize = 6;

/// The lengths to which ids are shortened: whole groups of a UUID. The first two groups are a time
/// in milliseconds.
const SHORT_IDS: [usize; 3] = [13, 18, 23];

/// A table that is ready to be written.
pub(super) struct Layout {
    pub(super) table: Table,
    /// The width of each column.
    pub(super) widths: Vec<usize>,
    /// The columns that go below, each with its cells in the order of the rows.
    pub(super) below: Vec<(TableColumn, Vec<Cell>)>,
}

impl Table {
    /// Decides how the table fits into `limit` columns of a terminal.
    pub(super) fn laid_out(mut self, limit: usize) -> Layout {
        let is_too_wide = |table: &Self| total(&table.natural()) > limit;
        let mut below = Vec::new();
        if is_too_wide(&self) {
            self.shorten_ids();
        }
        if is_too_wide(&self) {
            self.leave_out_empty();
        }
        while is_too_wide(&self)
            && let Some((how, index)) = self.first_to_yield()
        {
            let taken = self.take(index);
            match how {
                Yields::LeftOut => {}
                Yields::Below => below.insert(0, taken),
            }
        }
        let widths = self.fitted(limit);
        Layout { table: self, widths, below }
    }

    /// Returns the width of each column without a limit.
    fn natural(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = self.cells(index).map(|cell| cell.text.width());
                cells.max().unwrap_or_default().max(column.heading.width())
            })
            .collect()
    }

    fn cells(&self, index: usize) -> impl Iterator<Item = &Cell> {
        self.rows.iter().filter_map(move |row| row.get(index))
    }

    /// Shortens the ids of each column to their beginnings, as long as these differ.
    fn shorten_ids(&mut self) {
        for (index, column) in self.columns.iter().enumerate() {
            if column.kind != Kind::Id {
                continue;
            }
            let begin = |id: &str, length| id.chars().take(length).collect::<String>();
            let differ = |length: &usize| {
                let mut all: Vec<&str> = self.cells(index).map(|cell| cell.text.as_str()).collect();
                all.sort_unstable();
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

    /// Leaves out the columns without any text.
    fn leave_out_empty(&mut self) {
        for index in (0..self.columns.len()).rev() {
            if !self.rows.is_empty() && self.cells(index).all(|cell| cell.text.is_empty()) {
                self.take(index);
            }
        }
    }

    /// Returns the column with the greatest rank, of several the last one, and what happens to it.
    fn first_to_yield(&self) -> Option<(Yields, usize)> {
        let ranked = self.columns.iter().enumerate();
        let ranked = ranked.filter_map(|(index, column)| {
            let (rank, how) = column.yields?;
            Some((rank, index, how))
        });
        ranked.max().map(|(_, index, how)| (how, index))
    }

    fn take(&mut self, index: usize) -> (TableColumn, Vec<Cell>) {
        let column = self.columns.remove(index);
        (column, self.rows.iter_mut().map(|row| row.remove(index)).collect())
    }

    /// Returns the widths of the columns, those of texts narrowed until all fit: at first as long as no
    /// word is broken.
    fn fitted(&self, limit: usize) -> Vec<usize> {
        let natural = self.natural();
        let of_texts = |narrowest: &dyn Fn(usize, &TableColumn) -> usize| -> Vec<usize> {
            let columns = self.columns.iter().zip(&natural).enumerate();
            columns
                .map(|(index, (column, natural))| match column.kind {
                    Kind::Text => narrowest(index, column).max(column.heading.width()),
                    Kind::Number | Kind::Id | Kind::Time | Kind::Command => *natural,
                })
                .collect()
        };
        let longest_word = |index: usize, _: &TableColumn| {
            let words = self.cells(index).flat_map(|cell| cell.text.split(' '));
            words.map(UnicodeWidthStr::width).max().unwrap_or_default()
        };
        let mut widths = natural.clone();
        narrow(&mut widths, &of_texts(&longest_word), limit);
        narrow(&mut widths, &of_texts(&|_, _| NARROWEST), limit);
        widths
    }
}

/// Narrows the widest columns until all fit into `limit`, none below its least width.
fn narrow(widths: &mut [usize], least: &[usize], limit: usize) {
    while total(widths) > limit {
        let excess = total(widths) - limit;
        let open = || widths.iter().zip(least).filter(|(width, least)| width > least);
        let Some(widest) = open().map(|(width, _)| *width).max() else { return };
        let next = open().map(|(width, _)| *width).filter(|width| *width < widest).max();
        let target = next.unwrap_or_default().max(widest.saturating_sub(excess));
        let found = widths.iter_mut().zip(least).find(|(width, least)| {
            let width: &usize = width;
            *width == widest && width > *least
        });
        let Some((width, least)) = found else { return };
        *width = target.max(*least).min(widest - 1);
    }
}

/// Returns the width of a table whose columns have these widths.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}
