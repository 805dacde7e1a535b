//! What the pure centre makes of a request, in the form of a fixture.

use refund_providers::contract::{Judgement, Meaning};
use refund_providers::refund::RefundEvent;

/// A judgement in the words of `expected`.
#[derive(Debug)]
pub struct Found {
    /// The verdict.
    pub verdict: &'static str,
    /// The reason of the verdict.
    pub reason: Option<String>,
    /// The key that verified the request.
    pub key_id: Option<String>,
    /// The reading of the provider's rule that matched.
    pub signature_form: Option<String>,
    /// The events.
    pub events: Vec<RefundEvent>,
}

/// Returns the judgement in the words of a fixture. The words are written here a second time, so
/// that a change of one in the service fails.
pub fn found(judgement: Judgement) -> Found {
    let (verdict, reason, proof, events) = match judgement {
        Judgement::Authentic(proof, Meaning::Refunds(events)) => {
            ("recorded", None, Some(proof), events)
        }
        Judgement::Authentic(proof, Meaning::PartlyUnreadable(events, why)) => {
            ("unreadable", Some(why.to_string()), Some(proof), events)
        }
        Judgement::Authentic(proof, Meaning::NotARefund(why)) => {
            ("ignored", Some(why.as_str().to_owned()), Some(proof), Vec::new())
        }
        Judgement::Authentic(proof, Meaning::Unreadable(why)) => {
            ("unreadable", Some(why.to_string()), Some(proof), Vec::new())
        }
        Judgement::Authentic(proof, Meaning::Undecryptable) => {
            ("unreadable", Some("undecryptable".to_owned()), Some(proof), Vec::new())
        }
        Judgement::Refused(refusal) => ("refused", Some(refusal.to_string()), None, Vec::new()),
    };
    Found {
        verdict,
        reason,
        key_id: proof.as_ref().map(|proof| proof.key_id().to_string()),
        signature_form: proof.map(|proof| proof.form().as_str().to_owned()),
        events,
    }
}
