//! One group of deliveries: committed together, and one by one where the database refuses the
//! content of one of them. What it refuses even alone is kept for repair.

use std::time::Instant;

use tokio::time::timeout;

use super::NotRecorded;
use crate::config::RecordingSettings;
use crate::store::{DeliveryRecord, Recorded, Store, StoreError, StoreErrorKind};
use crate::telemetry;

/// The reason of a delivery that is kept because the database does not hold what it says.
const STORE_REFUSED: &str = "store_refused";

/// Commits a group; returns what became of each delivery, in order.
pub(super) async fn record_group(
    store: Store,
    records: Vec<DeliveryRecord>,
    settings: RecordingSettings,
) -> Vec<Result<Recorded, NotRecorded>> {
    match commit(&store, &records, &settings).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if is_about_content(error.kind()) => {
            telemetry::group_split(records.len(), &error);
            let mut outcomes = Vec::with_capacity(records.len());
            for record in &records {
                outcomes.push(record_alone(&store, record, &settings).await);
            }
            outcomes
        }
        Err(error) => {
            telemetry::group_failed(records.len(), &error);
            records.iter().map(|_| Err(NotRecorded::Store(error.kind()))).collect()
        }
    }
}

async fn record_alone(
    store: &Store,
    record: &DeliveryRecord,
    settings: &RecordingSettings,
) -> Result<Recorded, NotRecorded> {
    let outcome = commit(store, std::slice::from_ref(record), settings).await;
    let outcome = match outcome {
        // Sent again it would be refused again: it is authentic, so it is kept.
        Err(error) if is_about_content(error.kind()) => {
            telemetry::kept_for_repair(record.received.delivery_id, &error);
            commit(store, &[record.for_repair(STORE_REFUSED)], settings).await
        }
        outcome => outcome,
    };
    match outcome {
        Ok(outcomes) => outcomes.into_iter().next().ok_or(NotRecorded::Stopped),
        Err(error) => {
            telemetry::group_failed(1, &error);
            Err(NotRecorded::Store(error.kind()))
        }
    }
}

async fn commit(
    store: &Store,
    records: &[DeliveryRecord],
    settings: &RecordingSettings,
) -> Result<Vec<Recorded>, StoreError> {
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let began = Instant::now();
    let outcome = timeout(settings.deadline(), store.record(records)).await;
    let outcome = outcome.unwrap_or_else(|_| Err(StoreError::timeout(settings.deadline())));
    if outcome.is_ok() {
        telemetry::group_committed(records.len(), began.elapsed());
    }
    outcome
}

fn is_about_content(kind: StoreErrorKind) -> bool {
    match kind {
        StoreErrorKind::Content | StoreErrorKind::Corrupt => true,
        StoreErrorKind::Unreachable
        | StoreErrorKind::ReadOnly
        | StoreErrorKind::Contention
        | StoreErrorKind::Timeout
        | StoreErrorKind::Exhausted
        | StoreErrorKind::Rejected => false,
    }
}
