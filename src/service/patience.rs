//! How long maintenance waits for the database.

use std::time::Duration;

use tokio::time::timeout;

use crate::store::StoreError;

/// How long each task may take. Maintenance does not wait longer for a database that is silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a task that needs the database, and fails if it takes too long.
pub(super) async fn with_timeout<T>(
    task: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(PATIENCE, task).await.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE)))
}
