//! Log lines and metrics of refusals in a row.

use ::metrics::gauge;
use tracing::warn;

use super::metrics::{CONSECUTIVE_REFUSALS, as_gauge};
use super::sampling::Sampler;

/// An account that refuses deliveries.
#[derive(Clone, Copy, Debug)]
pub struct AccountRefuses<'a> {
    /// The account's provider.
    pub provider: &'static str,
    /// The account.
    pub account: &'a str,
    /// The reason of the first refusal in a row, as one word of a closed set.
    pub reason: &'static str,
    /// The fingerprints of the keys of which none fits; empty if the reason is not a key.
    pub key_ids: &'a str,
    /// How many refusals there are in a row.
    pub in_a_row: u64,
    /// What the provider does after many failures; empty if it documents nothing.
    pub consequence: &'static str,
}

/// Shows the number of refusals in a row.
pub fn consecutive_refusals(account: &str, count: u64) {
    let count = as_gauge(usize::try_from(count).unwrap_or(usize::MAX));
    gauge!(CONSECUTIVE_REFUSALS, "account" => account.to_owned()).set(count);
}

/// Records that an account refuses deliveries. A sender without a key can cause this as often as
/// authentic deliveries arrive.
pub fn account_refuses(refuses: &AccountRefuses<'_>) {
    static LINES: Sampler = Sampler::new();
    let AccountRefuses { provider, account, reason, key_ids, in_a_row, consequence } = *refuses;
    if let Some(left_out) = LINES.admit(account) {
        warn!(
            provider,
            account, reason, key_ids, in_a_row, consequence, left_out, "account refuses deliveries"
        );
    }
}
