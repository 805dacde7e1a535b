//! The conditions by which every list is filtered.

use time::OffsetDateTime;
use uuid::Uuid;

use super::amount::AmountRange;
use super::columns::Listed;
use refund_providers::contract::Verdict;
use refund_providers::refund::RefundStatus;

/// A condition. A list has the rows for which all its conditions hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Of this account.
    Account(String),
    /// Of this provider.
    Provider(String),
    /// At this time or later.
    Since(ListedTime, OffsetDateTime),
    /// Before this time.
    Until(ListedTime, OffsetDateTime),
    /// Refunds in one of these statuses.
    Status(Vec<RefundStatus>),
    /// Refunds without a final status.
    Open,
    /// Refunds that need attention.
    Attention,
    /// Refunds whose events contain different final states.
    Conflicting,
    /// Refunds with this flag.
    Flag(String),
    /// Refunds in this currency.
    Currency(String),
    /// Refunds with an amount in this range.
    Amount(AmountRange),
    /// Refunds of this order.
    Order(String),
    /// Refunds of this payment.
    Payment(String),
    /// Deliveries with one of these verdicts.
    Verdict(Vec<Verdict>),
    /// Deliveries with this reason, or with one that begins with it and a colon.
    Reason(String),
    /// Deliveries that this key verified.
    Key(String),
    /// Deliveries that the client at this address sent.
    Client(String),
    /// These refunds, or deliveries that contained events of one of them.
    Refunds(Vec<Uuid>),
    /// Deliveries that were replayed, or that are replays.
    Replayed,
    /// Refused and unreadable deliveries that were not replayed, that no person has dismissed, and
    /// that are not emptied.
    Waiting,
}

/// A time by which rows are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedTime {
    /// When we received the delivery, or the first delivery of the refund.
    Received,
    /// When the refund last changed.
    Updated,
    /// When the refund reached its final status, by the provider's clock.
    Completed,
}

impl ListedTime {
    /// Every time, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Received, Self::Updated, Self::Completed];

    /// Returns the word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Updated => "updated",
            Self::Completed => "completed",
        }
    }

    /// Returns the time of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|time| time.as_str() == word)
    }

    /// Returns the column of the list that has this time, if it has one.
    pub(super) fn column(self, listed: Listed) -> Option<&'static str> {
        match (self, listed) {
            (Self::Received, _) => Some(listed.received().name),
            (Self::Updated, Listed::Refunds) => Some("updated_at"),
            (Self::Completed, Listed::Refunds) => Some("completed_at"),
            (Self::Updated | Self::Completed, Listed::Deliveries) => None,
        }
    }
}
