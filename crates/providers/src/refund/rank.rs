//! Which event of one refund wins. This module is the whole order of the fold.
//!
//! A provider's time ranks two events only if both have one. Therefore a comparison of pairs is not
//! enough: [`sorted`] ranks the events with a time among themselves, the others among themselves,
//! and then merges the two lists by the fixed order of statuses.

use std::cmp::Ordering;

use super::{EventDigest, RefundEvent};

/// The rule that decided between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One event is final, the other is not.
    FinalOverOpen,
    /// Both are final. One has a higher grade of authenticity.
    HigherGrade,
    /// Neither is final. One status is stronger.
    StrongerOpenStatus,
    /// Both have a provider time. One is later.
    LaterProviderTime,
    /// The times are equal, or at least one is missing. The fixed order of statuses decides.
    StatusOrder,
    /// All of that is equal. The digest decides, so that the order of arrival does not.
    Tie,
}

impl Rule {
    /// Returns the rule as a clause, for `refunds explain`.
    pub fn explain(self) -> &'static str {
        match self {
            Self::FinalOverOpen => "a final status wins over one that is not final",
            Self::HigherGrade => {
                "a final status with a higher grade of authenticity wins over a lower one"
            }
            Self::StrongerOpenStatus => {
                "pending wins over unknown, and requires_action over pending"
            }
            Self::LaterProviderTime => "the later provider time wins",
            Self::StatusOrder => {
                "no provider time decides: failed wins over canceled, and canceled over succeeded"
            }
            Self::Tie => "the events rank equal, so a fixed tie-break picked one",
        }
    }
}

/// Compares two events of one refund: the greater one wins if there are no others.
pub fn compare(left: &RefundEvent, right: &RefundEvent) -> (Ordering, Rule) {
    let by_class = class(left).0.cmp(&class(right).0);
    if by_class.is_ne() {
        return (by_class, Rule::FinalOverOpen);
    }
    let by_class = class(left).cmp(&class(right));
    if by_class.is_ne() {
        let is_final = left.status.is_final();
        return (by_class, if is_final { Rule::HigherGrade } else { Rule::StrongerOpenStatus });
    }
    if let (Some(left), Some(right)) = (left.occurred_at, right.occurred_at)
        && left != right
    {
        return (left.cmp(&right), Rule::LaterProviderTime);
    }
    let by_status = left.status.strength().cmp(&right.status.strength());
    if by_status.is_ne() {
        return (by_status, Rule::StatusOrder);
    }
    (fixed(left).cmp(&fixed(right)), Rule::Tie)
}

/// Returns the events of one refund, the winning one first. The order is the same for every order
/// of the arguments, so the order of arrival cannot matter.
pub fn sorted<'e>(events: impl IntoIterator<Item = &'e RefundEvent>) -> Vec<&'e RefundEvent> {
    let (mut timed, mut untimed): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event.occurred_at.is_some());
    timed.sort_by(|left, right| compare_alike(right, left));
    untimed.sort_by(|left, right| compare_alike(right, left));
    let mut merged = Vec::with_capacity(timed.len() + untimed.len());
    let (mut timed, mut untimed) = (timed.into_iter().peekable(), untimed.into_iter().peekable());
    loop {
        let takes_timed = match (timed.peek(), untimed.peek()) {
            (Some(left), Some(right)) => {
                let key = |event: &RefundEvent| (class(event), event.status.strength());
                key(left) >= key(right)
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        match if takes_timed { timed.next() } else { untimed.next() } {
            Some(event) => merged.push(event),
            None => return merged,
        }
    }
}

/// Compares two events that both have a time, or both have none.
fn compare_alike(left: &RefundEvent, right: &RefundEvent) -> Ordering {
    let key = |event: &RefundEvent| (class(event), event.occurred_at, event.status.strength());
    key(left).cmp(&key(right)).then_with(|| fixed(left).cmp(&fixed(right)))
}

/// What comes before every time: finality, then the grade of a final event or the strength of
/// another one.
fn class(event: &RefundEvent) -> (bool, u8) {
    let is_final = event.status.is_final();
    (is_final, if is_final { event.authenticity.grade() } else { event.status.strength() })
}

/// What decides last: a time at all, the grade, the digest.
fn fixed(event: &RefundEvent) -> (bool, u8, EventDigest) {
    (event.occurred_at.is_some(), event.authenticity.grade(), event.digest())
}
