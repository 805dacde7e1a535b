//! The options that all lists have.

use crate::command::Failure;
use crate::command::arguments::ListOptions;
use crate::query::{Asked, PageWords, Times, parameters};
use crate::store::{Condition, ListQuery, Listed, ListedTime};
use serde::Serialize;
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
    /// The filter, for the audit of an export.
    pub filter: String,
}

impl ListRequest {
    /// Checks the options of a list, which `filter` says in words.
    pub(in crate::command) fn new(
        listed: Listed,
        options: &ListOptions,
        by: ListedTime,
        conditions: Vec<Condition>,
        as_of: Option<OffsetDateTime>,
        times: Times,
        filter: &impl Serialize,
    ) -> Result<Self, Failure> {
        let words = PageWords {
            sort: options.sort.clone(),
            limit: options.limit,
            after: options.after.clone(),
            columns: options.columns.clone(),
        };
        let Asked { query, columns } = words.ask(listed, by, conditions, as_of)?;
        let format = Format::of(options.json, options.csv);
        Ok(Self { query, format, columns, times, filter: parameters(filter) })
    }
}
