//! What an authentic message means.

use super::{Outcome, Unreadable};
use crate::refund::RefundEvent;

/// What `normalize` finds in an authentic message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each delivery and taken apart at once"
)]
pub enum Notice {
    /// The message reports this refund, and these further ones where the provider bundles several.
    Refunds(RefundEvent, Vec<RefundEvent>),
    /// The message is about something else, such as a payment or an echo test.
    NotARefund,
}

/// What an authentic delivery means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It reports refunds: at least one event.
    Refunds(Vec<RefundEvent>),
    /// It is about something else.
    NotARefund,
    /// It is not as the provider documents it.
    Unreadable(Unreadable),
    /// Our key does not decrypt it.
    Undecryptable,
}

impl Meaning {
    /// Returns the events of the refunds that the delivery reports.
    pub fn events(&self) -> &[RefundEvent] {
        match self {
            Self::Refunds(events) => events,
            Self::NotARefund | Self::Unreadable(_) | Self::Undecryptable => &[],
        }
    }

    /// Returns why the delivery reports no refund, as the database has it.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Unreadable(unreadable) => Some(unreadable.to_string()),
            Self::Refunds(_) | Self::NotARefund | Self::Undecryptable => {
                self.label().map(str::to_owned)
            }
        }
    }

    /// Returns why the delivery reports no refund, as a metric's label: the reason without the field.
    pub fn label(&self) -> Option<&'static str> {
        match self {
            Self::Refunds(_) => None,
            Self::NotARefund => Some("not_a_refund"),
            Self::Unreadable(unreadable) => Some(unreadable.problem.as_str()),
            Self::Undecryptable => Some("undecryptable"),
        }
    }

    /// Returns the outcome of the delivery if it is committed and its events are new.
    pub fn outcome_if_new(&self) -> Outcome {
        match self {
            Self::Refunds(_) => Outcome::Recorded,
            Self::NotARefund => Outcome::Ignored,
            Self::Unreadable(_) => Outcome::Unreadable,
            Self::Undecryptable => Outcome::Undecryptable,
        }
    }
}
