//! Which of the deliveries that wait for repair are selected.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::list::{Condition, ListedTime};
use refund_providers::contract::Verdict;

/// Selects some of the deliveries that wait for repair. A field that is `None` selects all.
#[derive(Clone, Debug, Default)]
pub struct KeptFilter {
    /// Only deliveries with these ids.
    pub delivery_ids: Option<Vec<Uuid>>,
    /// Only deliveries with one of these verdicts.
    pub verdicts: Option<Vec<Verdict>>,
    /// Only deliveries of this account.
    pub account: Option<String>,
    /// Only deliveries with this reason, or with one that begins with it and a colon.
    pub reason: Option<String>,
    /// Only deliveries received at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Only deliveries received before this time.
    pub until: Option<OffsetDateTime>,
    /// Only deliveries of this provider.
    pub provider: Option<String>,
    /// Only deliveries that this key verified.
    pub key: Option<String>,
    /// Only deliveries that the client at this address sent.
    pub client: Option<String>,
    /// Only deliveries that contained events of one of these refunds.
    pub refunds: Option<Vec<Uuid>>,
    /// Whether only deliveries are selected that are replays themselves.
    pub are_replays: bool,
    /// Whether only refused and unreadable deliveries are selected that no person has dismissed.
    pub are_waiting: bool,
}

impl KeptFilter {
    /// The verdicts with which a delivery waits for repair.
    pub const VERDICTS: [Verdict; 3] = [Verdict::Refused, Verdict::Unreadable, Verdict::Recorded];

    /// Selects, of the deliveries that wait for repair, those for which the conditions of a list hold.
    ///
    /// # Errors
    /// [`StoreErrorKind::Rejected`](crate::store::StoreErrorKind::Rejected) if a condition is one of
    /// refunds.
    pub fn of(conditions: &[Condition]) -> Result<Self, StoreError> {
        let mut filter = Self::default();
        let mut reasons: Vec<&str> = Vec::new();
        for condition in conditions {
            match condition {
                Condition::Account(account) => filter.account = Some(account.clone()),
                Condition::Provider(provider) => filter.provider = Some(provider.clone()),
                Condition::Since(ListedTime::Received, at) => filter.since = Some(*at),
                Condition::Until(ListedTime::Received, at) => filter.until = Some(*at),
                Condition::Verdict(verdicts) => filter.verdicts = Some(verdicts.clone()),
                Condition::Reason(reason) => reasons.push(reason),
                Condition::Key(key) => filter.key = Some(key.clone()),
                Condition::Client(client) => filter.client = Some(client.clone()),
                Condition::Refunds(refunds) => filter.refunds = Some(refunds.clone()),
                // What was replayed waits no longer, so only the replays themselves are left.
                Condition::Replayed => filter.are_replays = true,
                Condition::Waiting => filter.are_waiting = true,
                Condition::Since(ListedTime::Updated | ListedTime::Completed, _)
                | Condition::Until(ListedTime::Updated | ListedTime::Completed, _)
                | Condition::Status(_)
                | Condition::Open
                | Condition::Attention
                | Condition::Conflicting
                | Condition::Flag(_)
                | Condition::Currency(_)
                | Condition::Amount(_)
                | Condition::Order(_)
                | Condition::Payment(_) => {
                    return Err(StoreError::rejected("deliveries were selected as refunds are"));
                }
            }
        }
        reasons.dedup();
        match reasons.as_slice() {
            [] => {}
            [reason] => filter.reason = Some((*reason).to_owned()),
            // No delivery has two reasons.
            [_, ..] => filter.delivery_ids = Some(Vec::new()),
        }
        Ok(filter)
    }
}
