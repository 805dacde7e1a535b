//! Which of two events of one refund speaks for it. The whole order of the fold is here.

use std::cmp::Ordering;

use super::{EventDigest, RefundEvent};

/// Which rule told two events apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One is final, the other is not.
    FinalOverOpen,
    /// Both are final; one was verified, the other only decrypted.
    VerifiedOverDecrypted,
    /// Both are open; one word is stronger.
    StrongerOpenStatus,
    /// The provider's later time.
    LaterProviderTime,
    /// Equal times: the fixed order of statuses.
    StatusOrder,
    /// They agree in all that; the digest decides, so that arrival does not.
    Tie,
}

impl Rule {
    /// The rule as half a sentence, for `refunds explain`.
    pub fn explain(self) -> &'static str {
        match self {
            Self::FinalOverOpen => "a final status wins over one that is not final",
            Self::VerifiedOverDecrypted => {
                "a verified final status wins over one that was only decrypted"
            }
            Self::StrongerOpenStatus => "pending wins over unknown, and requires_action over both",
            Self::LaterProviderTime => "the later provider time wins",
            Self::StatusOrder => "equal provider times: succeeded before failed before canceled",
            Self::Tie => "the events are equal in rank, so a fixed tie-break chose one",
        }
    }
}

/// Compares two events of one refund: the greater one speaks for it. A total order over distinct
/// events that knows nothing of arrival, which is why order of arrival cannot matter.
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
    // An event without a time is older than any with one.
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
