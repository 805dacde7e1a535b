//! The words of the broker's refund object, as `POST /refund/{merchant}` returns it
//! (<https://api.samarkand.io/doc/nomad-broker>), and the signature of a relay.

use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};

/// How a relay signs.
pub(super) const SIGNATURE: HmacRule = HmacRule {
    header: "x-nomad-signature",
    layout: Layout::TimestampHeader { prefix: "v1=", timestamp: "x-nomad-timestamp" },
    encoding: Encoding::Hex,
    separator: ".",
    unit: TimeUnit::Seconds,
};

/// The `code` of an object that contains a refund.
pub(super) const OK: &str = "200";

/// The currency of an object that names none.
pub(super) const CURRENCY: &str = "CNY";

/// The members with personal data.
pub(super) const PERSONAL: [&str; 1] = ["userReceivedAccount"];
