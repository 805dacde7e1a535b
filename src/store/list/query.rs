//! Which page of which list to read.

use time::OffsetDateTime;

use super::columns::Listed;
use super::condition::Condition;
use super::cursor::{Cursor, Sort};

/// Selects a page of a list.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// What to list.
    pub listed: Listed,
    /// The conditions, all of which hold for each row.
    pub conditions: Vec<Condition>,
    /// The order of the rows.
    pub sort: Sort,
    /// The position after which the page begins; `None` for the first page.
    pub after: Option<Cursor>,
    /// The most rows of the page.
    pub limit: u32,
    /// The time as of which refunds are listed; `None` for now.
    pub as_of: Option<OffsetDateTime>,
}

impl ListQuery {
    /// Selects the newest rows.
    pub fn newest(listed: Listed, limit: u32) -> Self {
        let sort = Sort::newest_first(listed);
        Self { listed, conditions: Vec::new(), sort, after: None, limit, as_of: None }
    }
}
