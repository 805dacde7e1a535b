//! The pure half of a delivery's way: from bytes to a judgement.

use super::{Authentic, Delivery, NotAuthentic, Notice, Outcome, Provider, Refusal, Unreadable};
use crate::crypto::Proof;
use crate::refund::RefundEvent;

/// What a delivery turned out to be, before anything is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Authentic, and about refunds: at least one.
    Refunds(Proof, Vec<RefundEvent>),
    /// Authentic, and about something else.
    NotARefund(Proof),
    /// Authentic, but not as documented.
    Unreadable(Proof, Unreadable),
    /// Authentic, but our key does not open it.
    Undecryptable(Proof),
    /// Not believed.
    Refused(Refusal),
}

/// Authenticates and normalizes. The same for a live delivery and for one judged again: everything
/// it depends on is in its arguments.
pub fn judge(provider: &dyn Provider, delivery: &Delivery<'_>) -> Judgement {
    let authentic = match provider.authenticate(delivery) {
        Ok(authentic) => authentic,
        Err(NotAuthentic::Refused(refusal)) => return Judgement::Refused(refusal),
        Err(NotAuthentic::Undecryptable(proof)) => return Judgement::Undecryptable(proof),
    };
    let proof = |authentic: Authentic<'_>| authentic.proof().clone();
    match provider.normalize(&authentic) {
        Ok(Notice::Refunds(first, more)) => {
            let events = std::iter::once(first).chain(more).collect();
            Judgement::Refunds(proof(authentic), events)
        }
        Ok(Notice::NotARefund) => Judgement::NotARefund(proof(authentic)),
        Err(unreadable) => Judgement::Unreadable(proof(authentic), unreadable),
    }
}

impl Judgement {
    /// What the delivery comes to if it can be stored and nothing of it was known.
    pub fn outcome_if_stored(&self) -> Outcome {
        match self {
            Self::Refunds(..) => Outcome::Recorded,
            Self::NotARefund(_) => Outcome::Ignored,
            Self::Unreadable(..) => Outcome::Unreadable,
            Self::Undecryptable(_) => Outcome::Undecryptable,
            Self::Refused(_) => Outcome::Refused,
        }
    }
}
