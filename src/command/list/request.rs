//! The options that all lists have.

use super::super::terminal::times::Times;
use super::ordered::AMOUNT;
use crate::command::Failure;
use crate::command::arguments::ListOptions;
use crate::store::{Column, Condition, Cursor, ListQuery, Listed, ListedTime, Sort};
use time::OffsetDateTime;

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Format {
    Table,
    Json,
    Csv,
}

impl Format {
    /// Returns the format that the options choose.
    pub(in crate::command) fn of(json: bool, csv: bool) -> Self {
        match (json, csv) {
            (true, _) => Self::Json,
            (false, true) => Self::Csv,
            (false, false) => Self::Table,
        }
    }
}

/// A list whose options are valid.
#[derive(Clone, Debug)]
pub(in crate::command) struct ListRequest {
    /// The query. Its limit is that of all pages together.
    pub query: ListQuery,
    pub format: Format,
    /// The columns to print; `None` for the usual ones.
    pub columns: Option<Vec<&'static str>>,
    pub times: Times,
}

impl ListRequest {
    /// Checks the options of a list.
    pub(in crate::command) fn new(
        listed: Listed,
        options: &ListOptions,
        by: ListedTime,
        conditions: Vec<Condition>,
        as_of: Option<OffsetDateTime>,
        times: Times,
    ) -> Result<Self, Failure> {
        let names = || {
            let sortable = listed.columns().iter().filter(|column| column.is_sortable());
            sortable.map(|column| column.name).collect::<Vec<_>>().join(", ")
        };
        let sort = match options.sort.as_deref() {
            None => Sort::latest_first(listed, by),
            Some(word) => Sort::from_word(listed, word),
        };
        let sort = sort.ok_or_else(|| {
            Failure::Usage(format!(
                "--sort: expected one of {}, with - in front for descending, found {:?}",
                names(),
                options.sort.as_deref().unwrap_or_default()
            ))
        })?;
        let after = options.after.as_deref().map(|word| {
            Cursor::from_word(sort, word).ok_or_else(|| {
                Failure::Usage(format!(
                    "--after: expected the position that a page with --sort {} gave, found {word:?}",
                    sort.word()
                ))
            })
        });
        let columns = options.columns.iter().map(|name| column(listed, name));
        let columns: Vec<&'static str> = columns.collect::<Result<_, Failure>>()?;
        let format = Format::of(options.json, options.csv);
        let after = after.transpose()?;
        let query = ListQuery { listed, conditions, sort, after, limit: options.limit, as_of };
        let columns = (!columns.is_empty()).then_some(columns);
        Ok(Self { query, format, columns, times })
    }
}

fn column(listed: Listed, name: &str) -> Result<&'static str, Failure> {
    let amount = (listed == Listed::Refunds).then_some(AMOUNT);
    let mut known: Vec<&'static str> =
        listed.columns().iter().map(|Column { name, .. }| *name).collect();
    known.extend(amount);
    known.iter().copied().find(|column| *column == name).ok_or_else(|| {
        Failure::Usage(format!("--columns: expected some of {}, found {name:?}", known.join(", ")))
    })
}
