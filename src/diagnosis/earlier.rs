//! The keys that verified earlier deliveries.

use std::collections::BTreeSet;

use crate::config::ConfiguredAccount;
use crate::store::{Condition, DeliveryDetail, ListQuery, Listed, Store, StoreError};
use refund_providers::contract::Verdict;

/// How many earlier deliveries are searched.
const EARLIER: u32 = 500;

/// The verdicts of deliveries that a key verified.
const VERIFIED: [Verdict; 4] =
    [Verdict::Recorded, Verdict::Duplicate, Verdict::Ignored, Verdict::Unreadable];

/// Returns the ids of keys that verified the latest accepted deliveries to the account of a delivery,
/// and that the account no longer has.
pub async fn removed_keys(
    store: &Store,
    detail: &DeliveryDetail,
    account: Option<&ConfiguredAccount>,
) -> Result<Vec<String>, StoreError> {
    let name = detail.summary.text("account").to_owned();
    let query = ListQuery {
        conditions: vec![Condition::Account(name), Condition::Verdict(VERIFIED.to_vec())],
        ..ListQuery::newest(Listed::Deliveries, EARLIER)
    };
    let rows = store.list(&query).await?.rows;
    let provider = detail.summary.text("provider");
    let of_provider = rows.iter().filter(|row| row.text("provider") == provider);
    let mut ids: BTreeSet<String> = of_provider.filter_map(|row| row.plain("key_id")).collect();
    for key in account.map(|account| account.provider.keys()).unwrap_or_default() {
        ids.remove(key.key_id.as_str());
    }
    Ok(ids.into_iter().collect())
}
