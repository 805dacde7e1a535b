//! What an event code says about a refund
//! (<https://docs.adyen.com/point-of-sale/basic-tapi-integration/refund-payment/refund-webhooks>).

use crate::refund::{Flag, RefundEvent, RefundStatus};

/// What an item says about a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub status: RefundStatus,
    /// The rank of the event code: no time is signed, and later bad news must win.
    pub rank: u8,
    pub flags: &'static [Flag],
}

/// What `CANCEL_OR_REFUND` did, by `modification.action`. It is not signed, so it decides only
/// whether the item is about a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Refund,
    Cancel,
    Unknown,
}

impl Action {
    /// Returns the action of this word.
    pub(super) fn of(word: Option<&str>) -> Self {
        match word {
            Some("refund") => Self::Refund,
            Some("cancel") => Self::Cancel,
            Some(_) | None => Self::Unknown,
        }
    }
}

const UNKNOWN_CODE: u8 = 1;
const POSTPONED: u8 = 2;
const REFUND: u8 = 3;
const REFUND_FAILED: u8 = 4;
const REFUND_REVERSED: u8 = 5;

/// Returns what an item says about a refund, or `None` if it is about something else. `accepted_is`
/// is the status of a refund that Adyen has sent to the scheme.
pub(super) fn news(
    code: &str,
    is_success: bool,
    action: Action,
    accepted_is: RefundStatus,
) -> Option<News> {
    use RefundStatus::{Canceled, Failed, Pending, Unknown};
    let (rank, status, flags): (u8, RefundStatus, &'static [Flag]) = match (code, is_success) {
        ("REFUND" | "REFUND_WITH_DATA", true) => (REFUND, accepted_is, &[]),
        ("CANCEL_OR_REFUND", true) => match action {
            Action::Refund => (REFUND, accepted_is, &[]),
            Action::Cancel => return None,
            Action::Unknown => (REFUND, Unknown, &[]),
        },
        ("REFUND" | "REFUND_WITH_DATA" | "CANCEL_OR_REFUND", false) => (REFUND, Failed, &[]),
        ("REFUND_FAILED", true) => (REFUND_FAILED, Failed, &[Flag::FailureWithoutRefund]),
        ("REFUNDED_REVERSED", true) => {
            (REFUND_REVERSED, Failed, &[Flag::Reversed, Flag::FailureWithoutRefund])
        }
        // The failure or the reversal did not happen: no page says what then holds.
        ("REFUND_FAILED", false) => (REFUND_FAILED, Unknown, &[Flag::EventStatusMismatch]),
        ("REFUNDED_REVERSED", false) => (REFUND_REVERSED, Unknown, &[Flag::EventStatusMismatch]),
        ("POSTPONED_REFUND", true) => (POSTPONED, Pending, &[]),
        ("POSTPONED_REFUND", false) => (POSTPONED, Failed, &[]),
        ("VOID_PENDING_REFUND", true) => (REFUND, Canceled, &[]),
        ("VOID_PENDING_REFUND", false) => (RefundEvent::NO_NEWS, Unknown, &[]),
        ("REFUND_NOT_CLEARED", true | false) => {
            (RefundEvent::NO_NEWS, Unknown, &[Flag::NotCleared])
        }
        (other, true | false) if other.contains("REFUND") => (UNKNOWN_CODE, Unknown, &[]),
        (_, true | false) => return None,
    };
    Some(News { status, rank, flags })
}
