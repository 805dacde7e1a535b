//! The record of a delivery, as the store writes it.

use std::borrow::Cow;

use time::OffsetDateTime;
use uuid::Uuid;

use super::received::ReceivedDelivery;
use refund_providers::contract::{Meaning, Outcome, Reply};
use refund_providers::crypto::hash::sha256;
use refund_providers::crypto::{KeyId, Proof, SignatureForm};
use refund_providers::refund::RefundEvent;

/// The reason of a delivery that is kept for repair because the database refused its events.
pub const STORE_REFUSED: &str = "store_refused";

/// A delivery to be recorded: what was received, which key verified it, what it means, and what we
/// answer.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// The key that verified it.
    pub key_id: KeyId,
    /// The form of the signed text that matched.
    pub signature_form: SignatureForm,
    /// SHA-256 of its single-use token, if the provider has such tokens.
    pub single_use_token: Option<[u8; 32]>,
    /// The kept delivery that this one replays.
    pub replayed_from: Option<ReplayOf>,
    /// What it means.
    pub meaning: Meaning,
    /// Our answer to it.
    pub reply: Reply,
    /// Whether the database refused the events, so that only the delivery is kept, for repair.
    pub is_for_repair: bool,
}

/// The kept delivery that another delivery replays.
#[derive(Clone, Debug)]
pub struct ReplayOf {
    /// Its id.
    pub delivery_id: Uuid,
    /// The reason why it is kept.
    pub reason: Option<String>,
    /// When it is replayed.
    pub at: OffsetDateTime,
}

impl DeliveryRecord {
    /// Creates the record of a request that `proof` shows to be authentic.
    pub fn new(received: ReceivedDelivery, proof: &Proof, meaning: Meaning, reply: Reply) -> Self {
        Self {
            received,
            key_id: proof.key_id().clone(),
            signature_form: proof.form(),
            single_use_token: proof.single_use_token().map(|token| sha256(token.as_bytes())),
            replayed_from: None,
            meaning,
            reply,
            is_for_repair: false,
        }
    }

    /// Returns the events to write.
    pub fn events(&self) -> &[RefundEvent] {
        if self.is_for_repair { &[] } else { self.meaning.events() }
    }

    /// Returns why no event of the delivery, or of an item of it, is written, in the form in which
    /// the database stores it.
    pub fn reason(&self) -> Option<Cow<'static, str>> {
        if self.is_for_repair {
            return Some(STORE_REFUSED.into());
        }
        self.meaning.reason().map(Cow::Owned)
    }

    /// Returns the outcome of the delivery once it is committed. `is_new` says whether at least one
    /// of its events is new.
    pub fn outcome(&self, is_new: bool) -> Outcome {
        match &self.meaning {
            Meaning::Refunds(_) if self.is_for_repair => Outcome::Unreadable,
            Meaning::Refunds(_) if !is_new => Outcome::Duplicate,
            meaning @ (Meaning::Refunds(_)
            | Meaning::PartlyUnreadable(..)
            | Meaning::NotARefund(_)
            | Meaning::Unreadable(_)
            | Meaning::Undecryptable) => meaning.outcome_if_new(),
        }
    }

    /// Returns the record that keeps this delivery for repair, without the events that the database
    /// refused. Returns `None` if this delivery replays one that is already kept for that reason.
    pub fn for_repair(&self) -> Option<Self> {
        let kept_as = self.replayed_from.as_ref().and_then(|kept| kept.reason.as_deref());
        match &self.meaning {
            Meaning::Refunds(_) | Meaning::PartlyUnreadable(..)
                if kept_as == Some(STORE_REFUSED) =>
            {
                None
            }
            Meaning::Refunds(_) | Meaning::PartlyUnreadable(..) => {
                Some(Self { is_for_repair: true, ..self.clone() })
            }
            Meaning::NotARefund(_) | Meaning::Unreadable(_) | Meaning::Undecryptable => {
                Some(self.clone())
            }
        }
    }
}
