//! Prepares the data keys of `[at_rest]` before serving and after migrating.

use super::Failure;
use crate::clock::Clock;
use crate::store::Store;

/// Checks that the configured keys open all data keys, and wraps those again that an older key wraps.
/// Returns how many it wrapped again.
pub(super) async fn prepare(store: &Store) -> Result<usize, Failure> {
    match store.missing_key().await? {
        Some(sentence) => Err(Failure::Usage(sentence)),
        None => Ok(store.prepare_data_keys(Clock::System.now()).await?),
    }
}
