//! The words of PayCools' refund notification (section 8.3 of <https://doc.paycools.com>).

use crate::refund::RefundStatus;

/// The member with the signature, in the object and in the envelope.
pub(super) const SIGN: &str = "sign";

/// The member of the envelope that contains the message as JSON text.
pub(super) const PARAM: &str = "param";

/// The beginning of every `eventName` of a refund.
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

/// The members with free text, in which separators are legal.
pub(super) const FREE_TEXT: [&str; 2] = ["refundReason", "failedMessage"];

/// The members without which a message contains no refund that can be read.
pub(super) const REQUIRED: [&str; 3] = ["eventName", "mchRefundOrderId", "refundStatus"];

/// The members that a message about a refund may lack.
pub(super) const OPTIONAL: [&str; 9] = [
    "refundAmount",
    "refundTransactionId",
    "originalTransactionId",
    "feeRefunded",
    "refundCreateTime",
    "refundReturnTime",
    "refundReason",
    "failedCode",
    "failedMessage",
];

/// Returns the meaning of a `refundStatus`.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "COMPLETE" | "COMPLETED" => RefundStatus::Succeeded,
        "FAILED" => RefundStatus::Failed,
        "CANCEL" => RefundStatus::Canceled,
        "PENDING" | "PROCESS" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the status that usually comes with an `eventName`, or `None` for an unknown one.
pub(super) fn usual_status(event_name: &str) -> Option<RefundStatus> {
    match event_name {
        "payment.refund.success" => Some(RefundStatus::Succeeded),
        "payment.refund.failed" => Some(RefundStatus::Failed),
        "payment.refund.cancel" => Some(RefundStatus::Canceled),
        _ => None,
    }
}
