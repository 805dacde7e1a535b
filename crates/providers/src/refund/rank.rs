//! Which event of one refund wins. This module is the whole order of the fold.
//!
//! A provider's time ranks two events only if both have one. Therefore a comparison of pairs is not
//! enough: [`sorted`] ranks the events with a time among themselves, the others among themselves,
//! and then merges the two lists by the fixed order of statuses.
//!
//! A few providers sign no time, and document which of their kinds of event replaces which. Then each
//! event has a rank of its kind, which is stored with the event. It decides before any time. An event
//! without one ranks lowest, so every pair of events can be compared by it.

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
    /// The provider ranks the kinds of its events. One kind is higher.
    HigherKind,
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
            Self::HigherKind => {
                "the provider's documentation ranks one kind of event above the other"
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
    let by_kind = left.kind_rank.cmp(&right.kind_rank);
    if by_kind.is_ne() {
        return (by_kind, Rule::HigherKind);
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
                let key =
                    |event: &RefundEvent| (class(event), event.kind_rank, event.status.strength());
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
    let key = |event: &RefundEvent| {
        (class(event), event.kind_rank, event.occurred_at, event.status.strength())
    };
    key(left).cmp(&key(right)).then_with(|| fixed(left).cmp(&fixed(right)))
}

/// What comes first: finality, then the grade of a final event or the strength of
/// another one.
fn class(event: &RefundEvent) -> (bool, u8) {
    let is_final = event.status.is_final();
    (is_final, if is_final { event.authenticity.grade() } else { event.status.strength() })
}

/// What decides last: a time at all, the grade, the digest.
fn fixed(event: &RefundEvent) -> (bool, u8, EventDigest) {
    (event.occurred_at.is_some(), event.authenticity.grade(), event.digest())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{compare, sorted};
    use crate::refund::RefundEvent;

    /// An event of this status, and of a kind of this rank; `second` is its provider time.
    fn event(status: &str, kind_rank: Option<u8>, second: Option<u8>) -> RefundEvent {
        let json = format!(
            r#"{{"refund_key":"R1","merchant_refund_id":"R1","status":"{status}",
            "provider_status":"P","authenticity":"verified","flags":[]}}"#
        );
        let at = |second| datetime!(2026-01-01 00:00 UTC).replace_second(second).unwrap();
        let event: RefundEvent = serde_json::from_str(&json).unwrap();
        RefundEvent { kind_rank, occurred_at: second.map(at), ..event }
    }

    fn decrypted(event: RefundEvent) -> RefundEvent {
        RefundEvent { authenticity: crate::refund::Authenticity::Decrypted, ..event }
    }

    #[test]
    fn the_rank_of_the_kind_decides_before_time_and_status_and_after_finality_and_grade() {
        let (succeeded, failed) = ("succeeded", "failed");
        let none = None;
        let cases = [
            (
                "a later time",
                event(succeeded, Some(2), Some(1)),
                event(succeeded, Some(1), Some(9)),
            ),
            ("a worse status", event(succeeded, Some(2), none), event(failed, Some(1), none)),
            ("no rank", event(succeeded, Some(0), none), event(failed, None, Some(9))),
            ("open events", event("pending", Some(2), none), event("pending", Some(1), Some(9))),
            ("equal ranks", event(failed, Some(2), none), event(succeeded, Some(2), none)),
            ("finality", event(succeeded, Some(1), none), event("pending", Some(9), none)),
            ("open strength", event("pending", Some(1), none), event("unknown", Some(9), none)),
            (
                "the grade",
                event(failed, Some(1), Some(1)),
                decrypted(event(succeeded, Some(9), Some(1))),
            ),
        ];
        for (name, winner, loser) in cases {
            for order in [[&winner, &loser], [&loser, &winner]] {
                assert_eq!(sorted(order)[0], &winner, "{name}");
            }
            assert!(compare(&winner, &loser).0.is_gt(), "{name}");
        }
    }
}
