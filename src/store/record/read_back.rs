//! Reads back which deliveries were committed, after the answer to a commit was lost.

use std::collections::HashMap;

use sqlx::Connection;
use uuid::Uuid;

use crate::store::connection::PROBE;
use crate::store::{DeliveryRecord, Store, StoreError};
use refund_providers::contract::{Outcome, Verdict};

impl Store {
    /// Returns the outcome of each of these deliveries that was committed, by delivery id. The
    /// others were not committed. A session that has not noticed our disconnection may still commit
    /// them; then recording them again waits for that session and fails with
    /// [`StoreErrorKind::Repeated`](crate::store::StoreErrorKind::Repeated).
    pub async fn read_back(
        &self,
        group: &[&DeliveryRecord],
    ) -> Result<HashMap<Uuid, Outcome>, StoreError> {
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
            // Makes sure that everything we read is durable, on the synchronous standby too.
            sqlx::query(PROBE).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        lease.give_back();
        let mut committed = HashMap::new();
        for (delivery_id, verdict, reason) in rows {
            let record = group.iter().find(|record| record.received.delivery_id == delivery_id);
            let Some(record) = record else { continue };
            committed.insert(delivery_id, outcome_of(record, &verdict, reason)?);
        }
        Ok(committed)
    }
}

/// Returns the outcome of `record` that is stored with this verdict.
fn outcome_of(
    record: &DeliveryRecord,
    verdict: &str,
    reason: Option<String>,
) -> Result<Outcome, StoreError> {
    let for_repair = record.for_repair();
    let possible = [record.outcome(true), record.outcome(false)].into_iter();
    let mut possible = possible.chain(for_repair.map(|record| record.outcome(false)));
    let stored = Verdict::from_word(verdict);
    possible.find(|outcome| stored.is_some() && outcome.verdict() == stored).ok_or_else(|| {
        let reason = reason.unwrap_or_default();
        StoreError::corrupt(format!("a delivery of this group is stored as {verdict} ({reason})"))
    })
}
