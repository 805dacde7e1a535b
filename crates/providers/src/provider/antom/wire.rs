//! The words of Antom's `notifyRefund` (<https://docs.antom.com/ac/ams/notify_refund>).

use crate::refund::RefundStatus;

/// The only supported algorithm.
pub(super) const RSA256: &str = "RSA256";

/// The `notifyType` of a refund.
pub(super) const REFUND_RESULT: &str = "REFUND_RESULT";

/// The objects that are read.
pub(super) const OBJECTS: [&str; 5] =
    ["refundAmount", "refundFromAmount", "refundToAmount", "grossSettlementAmount", "result"];

/// Returns the meaning of a `refundStatus`.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "FAIL" => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}
