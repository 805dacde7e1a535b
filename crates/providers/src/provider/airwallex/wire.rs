//! Airwallex's signature, status words and personal data.

use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};

/// How Airwallex signs
/// (<https://www.airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events>): the time
/// and the body, with nothing between them.
pub(super) const SIGNATURE: HmacRule = HmacRule {
    header: "x-signature",
    layout: Layout::TimestampHeader { prefix: "", timestamp: "x-timestamp" },
    encoding: Encoding::LowerHex,
    separator: "",
    unit: TimeUnit::Milliseconds,
};

/// Where a refund is on its way (<https://www.airwallex.com/docs/api#/Payment_Acceptance/Refunds>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Received,
    /// Airwallex and the acquirer took the refund.
    Accepted,
    /// The money has moved.
    Settled,
    Failed,
}

impl Stage {
    /// Each stage with its status word and the event's name; older API versions have other words
    /// (<https://www.airwallex.com/docs/payments/reference/payments-webhooks>).
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Received, "RECEIVED", "refund.received"),
        (Self::Accepted, "ACCEPTED", "refund.accepted"),
        (Self::Accepted, "PROCESSING", "refund.processing"),
        (Self::Settled, "SETTLED", "refund.settled"),
        (Self::Settled, "SUCCEEDED", "refund.succeeded"),
        (Self::Failed, "FAILED", "refund.failed"),
    ];

    /// Returns the rank of the stage's events: a later stage replaces an earlier one.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Received => 0,
            Self::Accepted => 1,
            Self::Settled | Self::Failed => 2,
        }
    }

    /// Returns the stage of a status word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == word).map(|(stage, _, _)| stage)
    }

    /// Returns the stage of an event's name.
    pub(super) fn of_event(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, _, known)| *known == name).map(|(stage, _, _)| stage)
    }
}

/// The free texts of a refund.
pub(super) const PERSONAL: [&str; 1] = ["reason"];
