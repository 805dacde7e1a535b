//! Estimates how many rows the conditions of a list leave.

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::query::ListQuery;
use super::statement::write_all;
use crate::store::StoreError;

/// Returns how many rows the conditions of a list leave, as the planner estimates.
pub(super) async fn estimated_rows(
    connection: &mut PgConnection,
    query: &ListQuery,
) -> Result<u64, StoreError> {
    let mut explained = QueryBuilder::<Postgres>::new("explain (format json) ");
    write_all(&mut explained, query)?;
    let explained = explained.build_query_scalar().persistent(false);
    let Json(plan): Json<Value> = explained.fetch_one(connection).await?;
    let rows = plan.pointer("/0/Plan/Plan Rows").and_then(Value::as_u64);
    rows.ok_or_else(|| StoreError::corrupt("a plan has no estimate of its rows"))
}
