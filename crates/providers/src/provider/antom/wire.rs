//! The words of Antom's `notifyRefund` (<https://docs.antom.com/ac/ams/notify_refund>).

use crate::refund::RefundStatus;

/// The only algorithm.
pub(super) const RSA256: &str = "RSA256";

/// What `notifyType` says when the message is about a refund.
pub(super) const REFUND_RESULT: &str = "REFUND_RESULT";

/// What a `refundStatus` means.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "FAIL" => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}
