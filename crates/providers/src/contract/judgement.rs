//! The pure half of the path of a delivery: from bytes to a judgement.

use super::{Delivery, Meaning, NotAuthentic, Notice, Outcome, Provider, Refusal};
use crate::crypto::Proof;
use crate::refund::RefundEvent;

/// What a delivery turned out to be, before anything is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is not authentic.
    Refused(Refusal),
    /// It is authentic, by this proof, and this is what it means.
    Authentic(Proof, Meaning),
}

/// Authenticates and normalizes a delivery.
///
/// The judgement depends on the arguments alone, so a replay of a kept delivery is judged exactly as
/// the live delivery would be.
pub fn judge(provider: &dyn Provider, delivery: &Delivery<'_>) -> Judgement {
    let authentic = match provider.authenticate(delivery) {
        Ok(authentic) => authentic,
        Err(NotAuthentic::Refused(refusal)) => return Judgement::Refused(refusal),
        Err(NotAuthentic::Undecryptable(proof)) => {
            return Judgement::Authentic(proof, Meaning::Undecryptable);
        }
    };
    let meaning = match provider.normalize(&authentic) {
        Ok(Notice::Refunds(first, more)) => {
            Meaning::Refunds(std::iter::once(first).chain(more).collect())
        }
        Ok(Notice::PartlyUnreadable(first, more, unreadable)) => {
            let events = std::iter::once(first).chain(more).collect();
            Meaning::PartlyUnreadable(events, unreadable)
        }
        Ok(Notice::NotARefund(why)) => Meaning::NotARefund(why),
        Err(unreadable) => Meaning::Unreadable(unreadable),
    };
    Judgement::Authentic(authentic.proof().clone(), meaning)
}

impl Judgement {
    /// Returns the outcome of the delivery if it can be stored and its events are new.
    pub fn outcome_if_new(&self) -> Outcome {
        match self {
            Self::Refused(_) => Outcome::Refused,
            Self::Authentic(_, meaning) => meaning.outcome_if_new(),
        }
    }

    /// Returns the events of the refunds that the delivery reports.
    pub fn events(&self) -> &[RefundEvent] {
        match self {
            Self::Refused(_) => &[],
            Self::Authentic(_, meaning) => meaning.events(),
        }
    }
}
