//! Whether a key fits a delivery.

use refund_providers::contract::{Delivery, Judgement, Meaning, Provider, Refusal, judge};

/// A key that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The id of the key.
    pub key_id: String,
    /// Whether it fits only because the delivery is judged at its own time of signing.
    pub is_stale: bool,
}

/// Returns the key of `provider` that verifies a delivery and, if the delivery is encrypted, opens
/// it; `None` if no key does.
pub fn fit(provider: &dyn Provider, delivery: &Delivery<'_>) -> Option<Fit> {
    let (judgement, is_stale) = judge_when_signed(provider, delivery);
    match judgement {
        Judgement::Authentic(_, Meaning::Undecryptable) | Judgement::Refused(_) => None,
        Judgement::Authentic(proof, _) => {
            Some(Fit { key_id: proof.key_id().to_string(), is_stale })
        }
    }
}

/// Returns whether a key fits and the content can be read.
pub(super) fn is_accepted(provider: &dyn Provider, delivery: &Delivery<'_>) -> bool {
    match judge_when_signed(provider, delivery).0 {
        Judgement::Refused(_) | Judgement::Authentic(_, Meaning::Unreadable(_)) => false,
        Judgement::Authentic(
            _,
            Meaning::Refunds(_)
            | Meaning::PartlyUnreadable(..)
            | Meaning::NotARefund(_)
            | Meaning::Undecryptable,
        ) => true,
    }
}

/// Judges a delivery, and returns whether it is stale. A stale one is judged as of the time at which
/// it says that it was signed, so that a wrong clock does not hide whose key it is.
fn judge_when_signed(provider: &dyn Provider, delivery: &Delivery<'_>) -> (Judgement, bool) {
    let judgement = judge(provider, delivery);
    if judgement != Judgement::Refused(Refusal::Stale) {
        return (judgement, false);
    }
    match provider.explain(delivery).signed_at {
        Some(received_at) => (judge(provider, &Delivery { received_at, ..*delivery }), true),
        None => (judgement, true),
    }
}
