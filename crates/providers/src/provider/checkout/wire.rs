//! Checkout.com's signature, event types, minor units and personal data.

use crate::kit::exponents::ExponentTable;
use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};
use crate::refund::RefundStatus;

/// How Checkout.com signs
/// (<https://www.checkout.com/docs/workflows/set-up-your-webhook-receiver>). It signs no time.
pub(super) const SIGNATURE: HmacRule = HmacRule {
    header: "cko-signature",
    layout: Layout::BodyOnly { prefix: "" },
    encoding: Encoding::LowerHex,
    separator: "",
    unit: TimeUnit::Seconds,
};

/// The header with the text that the merchant enters at the workflow.
pub(super) const AUTHORIZATION: &str = "authorization";

/// Returns the status of an event's type. The data contains none
/// (<https://www.checkout.com/docs/workflows>).
pub(super) fn status(kind: &str) -> RefundStatus {
    match kind {
        "payment_refunded" => RefundStatus::Succeeded,
        "payment_refund_declined" => RefundStatus::Failed,
        "payment_refund_pending" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}

/// The response code of a success.
pub(super) const APPROVED: &str = "10000";

/// Checkout.com's own minor units
/// (<https://www.checkout.com/docs/developer-resources/codes/format-the-amount-value>). CLP has
/// two, unlike ISO 4217's.
pub(super) const EXPONENTS: ExponentTable = ExponentTable {
    listed: &[
        (0, &["BIF", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"]),
        (0, &["RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]),
        (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    ],
    others: Some(2),
};

/// The members with personal data: older bodies contain the card and the payer.
pub(super) const PERSONAL: [&str; 2] = ["source", "customer"];
