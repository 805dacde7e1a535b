//! The keys that verified earlier deliveries.

use super::findings::RemovedKey;
use crate::config::ConfiguredAccount;
use crate::store::{Condition, DeliveryDetail, ListQuery, Listed, Store, StoreError};
use refund_providers::contract::Verdict;

/// How many earlier deliveries are searched.
const EARLIER: u32 = 500;

/// The verdicts of deliveries that a key verified.
const VERIFIED: [Verdict; 4] =
    [Verdict::Recorded, Verdict::Duplicate, Verdict::Ignored, Verdict::Unreadable];

/// Returns the keys that verified the latest accepted deliveries to the account of a delivery, and
/// that the account no longer has. The one that was used last comes first.
pub async fn removed_keys(
    store: &Store,
    detail: &DeliveryDetail,
    account: Option<&ConfiguredAccount>,
) -> Result<Vec<RemovedKey>, StoreError> {
    let name = detail.summary.text("account").to_owned();
    let query = ListQuery {
        conditions: vec![Condition::Account(name), Condition::Verdict(VERIFIED.to_vec())],
        ..ListQuery::newest(Listed::Deliveries, EARLIER)
    };
    let rows = store.list(&query).await?.rows;
    let provider = detail.summary.text("provider");
    let keys = account.map(|account| account.provider.keys()).unwrap_or_default();
    let mut removed: Vec<RemovedKey> = Vec::new();
    for row in rows.iter().filter(|row| row.text("provider") == provider) {
        let Some(key_id) = row.plain("key_id") else { continue };
        let is_ours = keys.iter().any(|key| key.key_id.as_str() == key_id);
        if !is_ours && !removed.iter().any(|known| known.key_id == key_id) {
            let last_used_at = row.text("received_at").to_owned();
            removed.push(RemovedKey { key_id, last_used_at });
        }
    }
    Ok(removed)
}
