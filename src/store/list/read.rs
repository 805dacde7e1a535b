//! Reads pages of a list.

use sqlx::types::Json;
use sqlx::{Connection, Executor, PgConnection, Postgres, QueryBuilder};

use super::candidates::with_few_refunds;
use super::cursor::Cursor;
use super::past::narrowed;
use super::query::ListQuery;
use super::row::Row;
use super::sortable::{ListError, too_many_to_sort};
use super::statement::statement;
use crate::store::{Store, StoreError};

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` if there are no more rows.
    pub next: Option<Cursor>,
}

/// Begins the transaction of a list. It writes nothing. Its plan is made for the values of its
/// conditions, and may use what the statements of recording never need, but no sequential scan. The
/// planner expects an index of ranges to find more blocks than it does. At the usual cost it would
/// also read all entries of an index of times, to read fewer of them.
const BEGIN: &str = "set transaction read only; set local plan_cache_mode = force_custom_plan; \
     set local enable_bitmapscan = on; set local enable_hashjoin = on; \
     set local enable_mergejoin = on; set local enable_material = on; \
     set local cpu_index_tuple_cost = 0.05";

/// Goes before narrow queries of the past. The planner expects more events than there are, and would
/// merge them with the index of all later events.
const NARROW: &str = "set local enable_mergejoin = off";

/// Goes before the whole query.
const WHOLE: &str = "set local enable_mergejoin = on";

impl Store {
    /// Returns a page of a list.
    ///
    /// # Errors
    /// [`ListError::TooManyToSort`] if it would have to sort too many rows.
    pub async fn list(&self, query: &ListQuery) -> Result<Page, ListError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await.map_err(StoreError::from)?;
        transaction.execute(BEGIN).await.map_err(StoreError::from)?;
        let page = match too_many_to_sort(&mut transaction, query).await? {
            None => Ok(page(&mut transaction, query).await?),
            Some(refusal) => Err(refusal.into()),
        };
        transaction.commit().await.map_err(StoreError::from)?;
        lease.give_back();
        page
    }

    /// Returns the plan of a list, one node a line, for tests and for a look at a slow list.
    pub async fn plan_of_list(&self, query: &ListQuery) -> Result<String, StoreError> {
        let mut explained = QueryBuilder::<Postgres>::new("explain (costs off) ");
        super::statement::write(&mut explained, query)?;
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute(BEGIN).await?;
        let lines: Vec<String> =
            explained.build_query_scalar().persistent(false).fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(lines.join("\n"))
    }
}

/// Reads a page in the transaction of a list.
async fn page(connection: &mut PgConnection, query: &ListQuery) -> Result<Page, StoreError> {
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let mut rows = match with_few_refunds(connection, query).await? {
        Some(few) => {
            connection.execute(NARROW).await?;
            read(connection, &few).await?
        }
        None => narrowest(connection, query, limit).await?,
    };
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| has_more);
    let next = last.map(|row| Cursor::after(query.listed, query.sort, row)).transpose()?;
    Ok(Page { rows, next })
}

/// Reads the rows of the narrowest query that has more than a page, or else all.
async fn narrowest(
    connection: &mut PgConnection,
    query: &ListQuery,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let narrowed = narrowed(query);
    if !narrowed.is_empty() {
        connection.execute(NARROW).await?;
    }
    for narrow in &narrowed {
        let rows = read(connection, narrow).await?;
        if rows.len() > limit {
            return Ok(rows);
        }
    }
    if !narrowed.is_empty() {
        connection.execute(WHOLE).await?;
    }
    read(connection, query).await
}

async fn read(connection: &mut PgConnection, query: &ListQuery) -> Result<Vec<Row>, StoreError> {
    let mut statement = statement(query)?;
    let query = statement.build_query_scalar().persistent(false);
    let rows: Vec<Json<_>> = query.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|Json(row)| Row(row)).collect())
}
