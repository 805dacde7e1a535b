//! PayMongo's signature, status words, currency and personal data.

use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};
use crate::refund::RefundStatus;

/// Returns how PayMongo signs in a mode (<https://developers.paymongo.com/docs/creating-webhook>):
/// `te` is the signature of test mode and `li` that of live mode. The other one has no meaning.
pub(super) const fn signature(livemode: bool) -> HmacRule {
    let signature = if livemode { "li" } else { "te" };
    HmacRule {
        header: "paymongo-signature",
        layout: Layout::List { timestamp: "t", signature, several: false, written: &["te", "li"] },
        encoding: Encoding::LowerHex,
        separator: ".",
        unit: TimeUnit::Seconds,
    }
}

/// The narrowest window. PayMongo sends again for 136.5 minutes
/// (<https://developers.paymongo.com/docs/webhook-retry-logic>), and a refusal of the repeats would
/// make it switch the webhook off.
pub(super) const LEAST_WINDOW_SECONDS: u32 = 10_800;

/// The only currency (<https://developers.paymongo.com/reference/refund-resource>).
pub(super) const CURRENCY: &str = "PHP";

/// The personal members of refunds and payments
/// (<https://developers.paymongo.com/reference/refund-resource>). Members of `metadata` are the
/// merchant's own and are masked too.
pub(super) const PERSONAL: [&str; 4] = ["billing", "last4", "description", "notes"];

/// Returns the meaning of a refund's `status`
/// (<https://developers.paymongo.com/reference/refund-resource>).
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "pending" | "processing" => RefundStatus::Pending,
        "succeeded" => RefundStatus::Succeeded,
        "failed" => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}
