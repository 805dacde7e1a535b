//! Stripe's signature, minor units and personal data.

use crate::kit::exponents::ExponentTable;
use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};

/// How Stripe signs (<https://docs.stripe.com/webhooks>): one `v1` for each secret in force.
pub(super) const SIGNATURE: HmacRule = HmacRule {
    header: "stripe-signature",
    layout: Layout::List { timestamp: "t", signature: "v1", several: true, written: &["v1"] },
    encoding: Encoding::LowerHex,
    separator: ".",
    unit: TimeUnit::Seconds,
};

/// Stripe's own minor units (<https://docs.stripe.com/currencies>). ISK and UGX end in two zeros.
pub(super) const EXPONENTS: ExponentTable = ExponentTable {
    listed: &[
        (0, &["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"]),
        (0, &["PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]),
        (2, &["ISK", "UGX"]),
        (3, &["BHD", "JOD", "KWD", "OMR", "TND"]),
    ],
    others: Some(2),
};

/// The members of a refund with personal data (<https://docs.stripe.com/api/refunds/object>).
pub(super) const PERSONAL: [&str; 5] =
    ["instructions_email", "description", "next_action", "customer", "receipt_number"];
