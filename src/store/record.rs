//! A delivery as it is recorded, and what became of it.

use uuid::Uuid;

use super::ReceivedDelivery;
use crate::crypto::{KeyId, SignatureForm};
use crate::provider::Reply;
use crate::refund::RefundEvent;

/// A delivery to be recorded: what was received, who vouches for it, what it says.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// Which key verified it.
    pub key_id: KeyId,
    /// Which reading of the provider's rule matched.
    pub signature_form: SignatureForm,
    /// The delivery that is judged again by this one.
    pub replayed_from: Option<Uuid>,
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
    /// The word in the database.
    pub(super) fn verdict(&self) -> &'static str {
        match self {
            Self::New(_) => "recorded",
            Self::Duplicate(_) => "duplicate",
            Self::Ignored(_) => "ignored",
            Self::Unreadable(_) | Self::Undecryptable(_) => "unreadable",
        }
    }

    /// The answer that was committed with it.
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
    /// The same delivery with nothing that the database could refuse, to be kept for repair.
    pub fn for_repair(&self, reason: &str) -> Self {
        let content = match &self.content {
            Content::Refunds { if_unreadable, .. } => {
                Content::Unreadable { reason: reason.to_owned(), reply: if_unreadable.clone() }
            }
            other @ (Content::Ignored { .. }
            | Content::Unreadable { .. }
            | Content::Undecryptable { .. }) => other.clone(),
        };
        Self { content, ..self.clone() }
    }
}
