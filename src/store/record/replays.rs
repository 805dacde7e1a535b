//! Claims the kept deliveries that a group replays, so that each is replayed once.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::DeliveryRecord;
use crate::store::StoreError;

/// The kept delivery that another delivery replays.
#[derive(Clone, Debug)]
pub struct ReplayOf {
    /// Its id.
    pub delivery_id: Uuid,
    /// The reason why it is kept.
    pub reason: Option<String>,
    /// When it is replayed.
    pub at: OffsetDateTime,
}

/// Notes the replays of the group in its transaction. Each delivery can be replayed once: if another
/// replay was first, the whole group fails as superseded.
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
