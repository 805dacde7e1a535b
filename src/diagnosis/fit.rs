//! Whether a key fits a delivery.

use refund_providers::contract::{Delivery, Judgement, Meaning, Provider, judge};

/// Returns the id of the key of `provider` that verifies a delivery and, if the delivery is
/// encrypted, opens it. `None` if no key does.
pub fn fits(provider: &dyn Provider, delivery: &Delivery<'_>) -> Option<String> {
    match judge(provider, delivery) {
        Judgement::Authentic(_, Meaning::Undecryptable) | Judgement::Refused(_) => None,
        Judgement::Authentic(proof, _) => Some(proof.key_id().to_string()),
    }
}
