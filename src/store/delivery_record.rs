//! A delivery to be recorded, and what came of it.

use super::{ReceivedDelivery, ReplayOf};
use refund_providers::contract::{Outcome, Reply};
use refund_providers::crypto::{KeyId, Proof, SignatureForm};
use refund_providers::refund::RefundEvent;

/// The reason of a delivery that is kept because the database does not hold what it says.
pub const STORE_REFUSED: &str = "store_refused";

/// A delivery to be recorded: what was received, who vouches for it, what it says.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// Which key verified it.
    pub key_id: KeyId,
    /// Which reading of the provider's rule matched.
    pub signature_form: SignatureForm,
    /// The kept delivery that this one is, judged again.
    pub replayed_from: Option<ReplayOf>,
    /// What it says, and the answer to that.
    pub content: Content,
}

/// What an authentic delivery says, with the answer it gets once that is committed.
#[derive(Clone, Debug)]
pub enum Content {
    /// Something about refunds.
    Refunds {
        /// What it says, in order.
        events: Vec<RefundEvent>,
        /// The answer when some of it is new.
        if_recorded: Reply,
        /// The answer when all of it is known.
        if_duplicate: Reply,
        /// The answer when the database cannot hold it, and the delivery is kept for repair.
        if_unreadable: Reply,
    },
    /// Something else.
    Ignored {
        /// Why it is ignored.
        reason: &'static str,
        /// The answer.
        reply: Reply,
    },
    /// Something that we could not read.
    Unreadable {
        /// Why not.
        reason: String,
        /// The answer.
        reply: Reply,
    },
    /// Something that our key does not open.
    Undecryptable {
        /// The answer.
        reply: Reply,
    },
}

/// What was committed of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// At least one new event.
    New(Reply),
    /// Nothing new.
    Duplicate(Reply),
    /// The delivery alone: it is about something else.
    Ignored(Reply),
    /// The delivery alone, for repair: we could not read it.
    Unreadable(Reply),
    /// The delivery alone, for repair: our key does not open it.
    Undecryptable(Reply),
}

impl Recorded {
    /// What came of the delivery, as its provider may learn it.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::New(_) => Outcome::Recorded,
            Self::Duplicate(_) => Outcome::Duplicate,
            Self::Ignored(_) => Outcome::Ignored,
            Self::Unreadable(_) => Outcome::Unreadable,
            Self::Undecryptable(_) => Outcome::Undecryptable,
        }
    }

    /// The answer that was committed with it.
    pub fn into_reply(self) -> Reply {
        match self {
            Self::New(reply)
            | Self::Duplicate(reply)
            | Self::Ignored(reply)
            | Self::Unreadable(reply)
            | Self::Undecryptable(reply) => reply,
        }
    }

    pub(super) fn verdict(&self) -> &'static str {
        match self {
            Self::New(_) => "recorded",
            Self::Duplicate(_) => "duplicate",
            Self::Ignored(_) => "ignored",
            Self::Unreadable(_) | Self::Undecryptable(_) => "unreadable",
        }
    }

    pub(super) fn reply(&self) -> &Reply {
        match self {
            Self::New(reply)
            | Self::Duplicate(reply)
            | Self::Ignored(reply)
            | Self::Unreadable(reply)
            | Self::Undecryptable(reply) => reply,
        }
    }
}

impl DeliveryRecord {
    /// A request with the proof that it is authentic and with what it says.
    pub fn new(received: ReceivedDelivery, proof: &Proof, content: Content) -> Self {
        Self {
            received,
            key_id: proof.key_id().clone(),
            signature_form: proof.form(),
            replayed_from: None,
            content,
        }
    }

    /// The same delivery with nothing that the database could refuse, to be kept for repair; none
    /// where it replays one that is kept so already.
    pub fn for_repair(&self) -> Option<Self> {
        let content = match &self.content {
            Content::Refunds { if_unreadable, .. } => {
                let kept_as = self.replayed_from.as_ref().and_then(|kept| kept.reason.as_deref());
                if kept_as == Some(STORE_REFUSED) {
                    return None;
                }
                let reason = STORE_REFUSED.to_owned();
                Content::Unreadable { reason, reply: if_unreadable.clone() }
            }
            other @ (Content::Ignored { .. }
            | Content::Unreadable { .. }
            | Content::Undecryptable { .. }) => other.clone(),
        };
        Some(Self { content, ..self.clone() })
    }
}

impl Content {
    /// Why it tells of no refund, as it stands in the database.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Refunds { .. } => None,
            Self::Ignored { reason, .. } => Some(reason),
            Self::Unreadable { reason, .. } => Some(reason),
            Self::Undecryptable { .. } => Some("undecryptable"),
        }
    }
}
