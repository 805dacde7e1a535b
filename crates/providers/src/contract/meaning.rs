//! What an authentic message means.

use super::{Outcome, Unreadable};
use crate::refund::RefundEvent;

/// What `normalize` finds in an authentic message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The message reports this refund, and these further ones where the provider bundles several.
    Refunds(RefundEvent, Vec<RefundEvent>),
    /// The message bundles several items. It reports these refunds, one or more, and this is why at
    /// least one other item cannot be read or is not ours. The refunds are recorded, and the message
    /// is kept for repair.
    PartlyUnreadable(RefundEvent, Vec<RefundEvent>, Unreadable),
    /// The message is about something else, such as a payment or an echo test.
    NotARefund(Unrelated),
}

/// Why an authentic message reports no refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unrelated {
    /// It is about something else.
    NotARefund,
    /// It is about a refunded charge, but it does not list the charge's refunds. An operator can
    /// subscribe to the provider's messages about refunds instead.
    ChargeWithoutRefunds,
    /// It says that a payment was reversed, canceled or refunded, but it has neither the number nor
    /// the amount of a refund. The provider reports the refund in a message of its own.
    PaymentCancelSeen,
    /// The provider took the money back, as after a dispute. The account's settings do not count
    /// that as a refund.
    Reversal,
}

impl Unrelated {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::NotARefund, Self::ChargeWithoutRefunds, Self::PaymentCancelSeen, Self::Reversal];

    /// Returns the word for the reason in the database, in metrics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotARefund => "not_a_refund",
            Self::ChargeWithoutRefunds => "charge_without_refunds",
            Self::PaymentCancelSeen => "payment_cancel_seen",
            Self::Reversal => "reversal",
        }
    }
}

/// What an authentic delivery means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It reports refunds: at least one event.
    Refunds(Vec<RefundEvent>),
    /// It reports refunds, at least one event, and at least one other item is not as the provider
    /// documents it, or is not ours.
    PartlyUnreadable(Vec<RefundEvent>, Unreadable),
    /// It reports no refund.
    NotARefund(Unrelated),
    /// It is not as the provider documents it.
    Unreadable(Unreadable),
    /// Our key does not decrypt it.
    Undecryptable,
}

impl Meaning {
    /// Returns the events of the refunds that the delivery reports.
    pub fn events(&self) -> &[RefundEvent] {
        match self {
            Self::Refunds(events) | Self::PartlyUnreadable(events, _) => events,
            Self::NotARefund(_) | Self::Unreadable(_) | Self::Undecryptable => &[],
        }
    }

    /// Returns why the delivery, or an item of it, reports no refund, as the database has it.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Unreadable(unreadable) | Self::PartlyUnreadable(_, unreadable) => {
                Some(unreadable.to_string())
            }
            Self::Refunds(_) | Self::NotARefund(_) | Self::Undecryptable => {
                self.label().map(str::to_owned)
            }
        }
    }

    /// Returns why the delivery, or an item of it, reports no refund, as a metric's label: the reason without the field.
    pub fn label(&self) -> Option<&'static str> {
        match self {
            Self::Refunds(_) => None,
            Self::NotARefund(why) => Some(why.as_str()),
            Self::Unreadable(unreadable) | Self::PartlyUnreadable(_, unreadable) => {
                Some(unreadable.problem.as_str())
            }
            Self::Undecryptable => Some("undecryptable"),
        }
    }

    /// Returns the outcome of the delivery if it is committed and its events are new.
    pub fn outcome_if_new(&self) -> Outcome {
        match self {
            Self::Refunds(_) => Outcome::Recorded,
            Self::NotARefund(_) => Outcome::Ignored,
            Self::Unreadable(_) | Self::PartlyUnreadable(..) => Outcome::Unreadable,
            Self::Undecryptable => Outcome::Undecryptable,
        }
    }
}
