//! Finds the few refunds that a list of the past may have, without reading every event up to its time.
//!
//! Only an event changes what most conditions are about. So a refund that fulfilled them at a time
//! either fulfils them now, or has had an event since.

use sqlx::types::Uuid;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::condition::Condition;
use super::estimate::estimated_rows;
use super::query::ListQuery;
use super::statement::write_all;
use crate::store::StoreError;

/// The most refunds that fulfil the conditions now. More are found by their time as fast.
const MOST_NOW: u32 = 200;

/// The most refunds that have had an event since. They were open at that time, or were reversed later.
const MOST_CHANGED: u32 = 5000;

/// Returns the query of a list of the past with the few refunds that can be in it. Returns `None` if
/// it is not of the past, or if they are not known to be few.
pub(super) async fn with_few_refunds(
    connection: &mut PgConnection,
    query: &ListQuery,
) -> Result<Option<ListQuery>, StoreError> {
    let Some(at) = query.as_of else { return Ok(None) };
    let conditions: Vec<Condition> =
        query.conditions.iter().filter(|one| changes_with_an_event(one)).cloned().collect();
    let now = ListQuery { conditions, ..ListQuery::newest(query.listed, MOST_NOW) };
    if now.conditions.is_empty() || estimated_rows(connection, &now).await? > u64::from(MOST_NOW) {
        return Ok(None);
    }
    let mut statement = QueryBuilder::<Postgres>::new("select refund_id from (");
    write_all(&mut statement, &now)?;
    statement.push(") as candidate limit ").push_bind(i64::from(MOST_NOW) + 1);
    let statement = statement.build_query_scalar().persistent(false);
    let mut refunds: Vec<Uuid> = statement.fetch_all(&mut *connection).await?;
    let last: Option<i64> = sqlx::query_scalar(
        "select seq from refund_inbox.refund_events
         where recorded_at <= $1 order by recorded_at desc, seq desc limit 1",
    )
    .bind(at)
    .persistent(false)
    .fetch_optional(&mut *connection)
    .await?;
    // The order lets the planner use the index that has both. It does not know that an event follows
    // soon on the one before it, and would read all later events.
    let changed: Vec<i64> = sqlx::query_scalar(
        "select seq from refund_inbox.refund_events
         where previous_seq <= $1 and seq > $1 order by previous_seq limit $2",
    )
    .bind(last)
    .bind(i64::from(MOST_CHANGED) + 1)
    .persistent(false)
    .fetch_all(&mut *connection)
    .await?;
    let are_few = |count: usize, most: u32| u32::try_from(count).is_ok_and(|count| count <= most);
    if !are_few(refunds.len(), MOST_NOW) || !are_few(changed.len(), MOST_CHANGED) {
        return Ok(None);
    }
    let changed: Vec<Uuid> =
        sqlx::query_scalar("select refund_id from refund_inbox.refund_events where seq = any ($1)")
            .bind(changed)
            .persistent(false)
            .fetch_all(connection)
            .await?;
    refunds.extend(changed);
    let mut query = query.clone();
    query.conditions.push(Condition::Refunds(refunds));
    Ok(Some(query))
}

/// Returns whether a refund that fulfils the condition goes on to fulfil it until its next event.
fn changes_with_an_event(condition: &Condition) -> bool {
    match condition {
        Condition::Account(_)
        | Condition::Provider(_)
        | Condition::Status(_)
        | Condition::Open
        | Condition::Conflicting
        | Condition::Flag(_)
        | Condition::Currency(_)
        | Condition::Amount(_)
        | Condition::Order(_)
        | Condition::Payment(_) => true,
        // A person resolves it, and a repeated or replayed delivery may have been received earlier.
        Condition::Attention | Condition::Since(..) | Condition::Until(..) => false,
        Condition::Verdict(_)
        | Condition::Reason(_)
        | Condition::Key(_)
        | Condition::Client(_)
        | Condition::Refunds(_)
        | Condition::Replayed
        | Condition::Waiting => false,
    }
}
