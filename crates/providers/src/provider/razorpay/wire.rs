//! Razorpay's signature, events, status words and personal data.

use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};
use crate::refund::RefundStatus;

/// How Razorpay signs (<https://razorpay.com/docs/my/webhooks/validate-test>): the body alone.
pub(super) const SIGNATURE: HmacRule = HmacRule {
    header: "x-razorpay-signature",
    layout: Layout::BodyOnly { prefix: "" },
    encoding: Encoding::LowerHex,
    separator: "",
    unit: TimeUnit::Seconds,
};

/// The personal members of payments and refunds (<https://razorpay.com/docs/my/webhooks/refunds>).
/// Members of `notes` are the merchant's own and are masked too.
pub(super) const PERSONAL: [&str; 6] = ["email", "contact", "vpa", "card", "bank", "wallet"];

/// Returns the meaning of a refund's `status`
/// (<https://razorpay.com/docs/my/api/refunds/entity>). The name of the event has none.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "pending" => RefundStatus::Pending,
        "processed" => RefundStatus::Succeeded,
        "failed" => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the status that usually comes with an event. `refund.created` comes with several.
pub(super) fn usual_status(event: &str) -> Option<RefundStatus> {
    match event {
        "refund.processed" => Some(RefundStatus::Succeeded),
        "refund.failed" => Some(RefundStatus::Failed),
        _ => None,
    }
}

/// Returns whether an event reports that the refund reached its status. `refund.speed_changed`
/// reports something else.
pub(super) fn reports_status(event: &str) -> bool {
    matches!(event, "refund.created" | "refund.processed" | "refund.failed")
}
