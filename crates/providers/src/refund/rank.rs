//! Which of two events of one refund wins. This module is the whole order of the fold.

use std::cmp::Ordering;

use super::{EventDigest, RefundEvent};

/// The rule that decided between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One event is final, the other is not.
    FinalOverOpen,
    /// Both are final. One was verified, the other only decrypted.
    VerifiedOverDecrypted,
    /// Neither is final. One status is stronger.
    StrongerOpenStatus,
    /// One has the later provider time.
    LaterProviderTime,
    /// The times are equal. The fixed order of statuses decides.
    StatusOrder,
    /// All of that is equal. The digest decides, so that the order of arrival does not.
    Tie,
}

impl Rule {
    /// Returns the rule as a clause, for `refunds explain`.
    pub fn explain(self) -> &'static str {
        match self {
            Self::FinalOverOpen => "a final status wins over one that is not final",
            Self::VerifiedOverDecrypted => {
                "a verified final status wins over one that was only decrypted"
            }
            Self::StrongerOpenStatus => {
                "pending wins over unknown, and requires_action over pending"
            }
            Self::LaterProviderTime => "the later provider time wins",
            Self::StatusOrder => {
                "equal provider times: succeeded wins over failed, and failed over canceled"
            }
            Self::Tie => "the events rank equal, so a fixed tie-break picked one",
        }
    }
}

/// Compares two events of one refund: the greater one wins. The order is total over distinct events
/// and ignores arrival, so the order of arrival cannot matter.
pub fn compare(left: &RefundEvent, right: &RefundEvent) -> (Ordering, Rule) {
    let is_final = |event: &RefundEvent| event.status.is_final();
    let strength = |event: &RefundEvent| event.status.strength();
    let both_final = is_final(left) && is_final(right);

    let by_finality = is_final(left).cmp(&is_final(right));
    if by_finality.is_ne() {
        return (by_finality, Rule::FinalOverOpen);
    }
    let by_authenticity = left.authenticity.cmp(&right.authenticity);
    if both_final && by_authenticity.is_ne() {
        return (by_authenticity, Rule::VerifiedOverDecrypted);
    }
    let by_strength = strength(left).cmp(&strength(right));
    if !both_final && by_strength.is_ne() {
        return (by_strength, Rule::StrongerOpenStatus);
    }
    // An event without a time is older than every event with one.
    let by_time = left.occurred_at.cmp(&right.occurred_at);
    if by_time.is_ne() {
        return (by_time, Rule::LaterProviderTime);
    }
    if by_strength.is_ne() {
        return (by_strength, Rule::StatusOrder);
    }
    let key = |event: &RefundEvent| -> (super::Authenticity, EventDigest) {
        (event.authenticity, event.digest())
    };
    (key(left).cmp(&key(right)), Rule::Tie)
}
