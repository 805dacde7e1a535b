//! Refuses a list that would have to sort too many rows. By a column without an index, every row that
//! the filters leave is read and sorted for each page.

use sqlx::PgConnection;

use super::columns::Listed;
use super::cursor::Sort;
use super::estimate::estimated_rows;
use super::query::ListQuery;
use crate::store::StoreError;

/// The most rows that are sorted for a page, as the planner estimates them. The server needs about
/// 40 ms to read so many refunds that lie apart.
const MOST_SORTED: u64 = 10_000;

/// A list that would have to sort too many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the filters leave about {rows} {}, and at most {MOST_SORTED} are sorted by {}, which has no index: \
     add a filter, such as a shorter time, or sort by {}",
    .listed.as_str(), .sort.column.name, indexed(*.listed)
)]
pub struct TooManyToSort {
    listed: Listed,
    sort: Sort,
    /// How many rows the filters leave, as the planner estimates.
    rows: u64,
}

/// Why a list was not read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ListError {
    /// It would have to sort too many rows.
    #[error(transparent)]
    TooManyToSort(#[from] TooManyToSort),
    /// The database returned an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ListError> for StoreError {
    /// Takes a list of the program itself that cannot be sorted for a bug.
    fn from(error: ListError) -> Self {
        match error {
            ListError::TooManyToSort(error) => Self::rejected(error.to_string()),
            ListError::Store(error) => error,
        }
    }
}

/// Returns that a list would have to sort too many rows, unless its rows are found in the order of an
/// index, or few are left by its filters. A list of the past is read whole in any order, as a report
/// is, and is always sorted.
pub(super) async fn too_many_to_sort(
    connection: &mut PgConnection,
    query: &ListQuery,
) -> Result<Option<TooManyToSort>, StoreError> {
    if query.sort.column.is_indexed || query.as_of.is_some() {
        return Ok(None);
    }
    let rows = estimated_rows(connection, query).await?;
    let refusal = TooManyToSort { listed: query.listed, sort: query.sort, rows };
    Ok((rows > MOST_SORTED).then_some(refusal))
}

/// Returns the columns of which an index gives the rows in order.
fn indexed(listed: Listed) -> String {
    let columns = listed.columns().iter().filter(|column| column.is_indexed);
    let mut names: Vec<&str> = columns.map(|column| column.name).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}
