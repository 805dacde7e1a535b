//! The words of PayCools' refund notification (section 8.3 of <https://doc.paycools.com>).

use crate::refund::RefundStatus;

/// The signature's name, in the object and in the envelope.
pub(super) const SIGN: &str = "sign";

/// The envelope's member that holds the message as JSON text.
pub(super) const PARAM: &str = "param";

/// What every refund's `eventName` begins with.
pub(super) const REFUND_EVENTS: &str = "payment.refund.";

/// The members that are read.
pub(super) const CONSUMED: [&str; 12] = [
    "eventName",
    "mchRefundOrderId",
    "refundTransactionId",
    "originalTransactionId",
    "refundAmount",
    "feeRefunded",
    "refundStatus",
    "refundCreateTime",
    "refundReturnTime",
    "refundReason",
    "failedCode",
    "failedMessage",
];

/// Those of them in which people write, so that separators are legal.
pub(super) const FREE_TEXT: [&str; 2] = ["refundReason", "failedMessage"];

/// Those of them without which a message tells of no refund.
pub(super) const REQUIRED: [&str; 4] =
    ["eventName", "mchRefundOrderId", "refundAmount", "refundStatus"];

/// The others.
pub(super) const OPTIONAL: [&str; 8] = [
    "refundTransactionId",
    "originalTransactionId",
    "feeRefunded",
    "refundCreateTime",
    "refundReturnTime",
    "refundReason",
    "failedCode",
    "failedMessage",
];

/// What a `refundStatus` means.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "COMPLETE" | "COMPLETED" => RefundStatus::Succeeded,
        "FAILED" => RefundStatus::Failed,
        "CANCEL" => RefundStatus::Canceled,
        "PENDING" | "PROCESS" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}

/// The status that usually comes with an `eventName`; `None` for an event we do not know.
pub(super) fn usual_status(event_name: &str) -> Option<RefundStatus> {
    match event_name {
        "payment.refund.success" => Some(RefundStatus::Succeeded),
        "payment.refund.failed" => Some(RefundStatus::Failed),
        "payment.refund.cancel" => Some(RefundStatus::Canceled),
        _ => None,
    }
}
