//! Reading back what was committed, when the answer to a commit was lost.

use std::collections::HashMap;

use sqlx::Connection;
use uuid::Uuid;

use crate::store::{Content, DeliveryRecord, Recorded, Store, StoreError};

/// A commit of our own after what was read: where the server waits for a standby, this one returns
/// only when everything before it has reached the standby as well.
const FENCE: &str = "update refund_inbox.commit_probe set probed_at = now()";

impl Store {
    /// What was committed of these deliveries, each by its number; what is not in the answer was
    /// not committed. It may still be, by a session that has not noticed that we are gone; then
    /// recording it again waits for that session and fails with
    /// [`StoreErrorKind::Repeated`](super::StoreErrorKind::Repeated).
    pub async fn read_back(
        &self,
        group: &[&DeliveryRecord],
    ) -> Result<HashMap<Uuid, Recorded>, StoreError> {
        let received = group.iter().map(|record| record.received.received_at);
        let (Some(first), Some(last)) = (received.clone().min(), received.max()) else {
            return Ok(HashMap::new());
        };
        let ids: Vec<Uuid> = group.iter().map(|record| record.received.delivery_id).collect();
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let rows: Vec<(Uuid, String, Option<String>)> =
            sqlx::query_as(include_str!("read_back.sql"))
                .bind(ids)
                .bind(first)
                .bind(last)
                .fetch_all(&mut *transaction)
                .await?;
        if !rows.is_empty() {
            sqlx::query(FENCE).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        lease.give_back();
        let mut committed = HashMap::new();
        for (delivery_id, verdict, reason) in rows {
            let record = group.iter().find(|record| record.received.delivery_id == delivery_id);
            let Some(record) = record else { continue };
            committed.insert(delivery_id, as_recorded(record, &verdict, reason)?);
        }
        Ok(committed)
    }
}

/// The outcome that was committed with this verdict.
fn as_recorded(
    record: &DeliveryRecord,
    verdict: &str,
    reason: Option<String>,
) -> Result<Recorded, StoreError> {
    match (&record.content, verdict) {
        (Content::Refunds { if_recorded, .. }, "recorded") => {
            Ok(Recorded::New(if_recorded.clone()))
        }
        (Content::Refunds { if_duplicate, .. }, "duplicate") => {
            Ok(Recorded::Duplicate(if_duplicate.clone()))
        }
        (Content::Refunds { if_unreadable, .. }, "unreadable") => {
            Ok(Recorded::Unreadable(if_unreadable.clone()))
        }
        (Content::Ignored { reply, .. }, "ignored") => Ok(Recorded::Ignored(reply.clone())),
        (Content::Unreadable { reply, .. }, "unreadable") => {
            Ok(Recorded::Unreadable(reply.clone()))
        }
        (Content::Undecryptable { reply }, "unreadable") => {
            Ok(Recorded::Undecryptable(reply.clone()))
        }
        (
            Content::Refunds { .. }
            | Content::Ignored { .. }
            | Content::Unreadable { .. }
            | Content::Undecryptable { .. },
            _,
        ) => Err(StoreError::corrupt(format!(
            "a delivery of this group is stored as {verdict} ({})",
            reason.unwrap_or_default()
        ))),
    }
}
