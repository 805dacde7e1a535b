//! Claims the kept deliveries that a group replays, so that each is replayed once, and notes which
//! events the group reads otherwise.

use sqlx::PgConnection;
use uuid::Uuid;

use super::delivery_record::{DeliveryRecord, ReplayOf};
use super::plan::Superseded;
use crate::store::StoreError;

/// Claims the replays of the group within its transaction. Each kept delivery can be replayed once.
/// If another replay was first, the whole group fails as superseded.
pub(in crate::store) async fn claim(
    connection: &mut PgConnection,
    group: &[&DeliveryRecord],
) -> Result<(), StoreError> {
    let replays: Vec<(&ReplayOf, Uuid)> = group
        .iter()
        .filter_map(|record| Some((record.replayed_from.as_ref()?, record.received.delivery_id)))
        .collect();
    if replays.is_empty() {
        return Ok(());
    }
    let claimed = sqlx::query(include_str!("claim_replays.sql"))
        .bind(replays.iter().map(|(kept, _)| kept.delivery_id).collect::<Vec<_>>())
        .bind(replays.iter().map(|(_, delivery_id)| *delivery_id).collect::<Vec<_>>())
        .bind(replays.iter().map(|(kept, _)| kept.at).collect::<Vec<_>>())
        .execute(connection)
        .await?
        .rows_affected();
    if usize::try_from(claimed).is_ok_and(|claimed| claimed == replays.len()) {
        return Ok(());
    }
    Err(StoreError::superseded("another replay of one of these deliveries was first"))
}

/// Notes which stored events the replays of the group read otherwise.
pub(in crate::store) async fn supersede(
    connection: &mut PgConnection,
    superseded: &[Superseded],
) -> Result<(), StoreError> {
    if superseded.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("supersede_events.sql"))
        .bind(superseded.iter().map(|event| event.refund_id).collect::<Vec<_>>())
        .bind(superseded.iter().map(|event| event.event_id).collect::<Vec<_>>())
        .bind(superseded.iter().map(|event| event.by).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
