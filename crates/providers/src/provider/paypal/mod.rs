//! PayPal (<https://developer.paypal.com/api/rest/webhooks/>).
//! `docs/providers/paypal.md` says what is documented, what we infer and what is unknown.
//!
//! PayPal signs a CRC-32 of the body, not the body. Whoever has seen the headers of one delivery can
//! write another body with the same CRC-32. So its events have the grade `checksum`, and recording
//! refuses a transmission id that comes again with another body.

mod authenticate;
mod explain;
mod forgery;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{PayPal, Settings};

/// PayPal in the registry.
pub const DEFINITION: Definition = Definition {
    name: "paypal",
    documentation: "https://developer.paypal.com/api/rest/webhooks/",
    has_window: true,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("environment = \"sandbox\"\nwebhook_ids = [\"{token}\"]\n");
    let one = Demonstration::new("paypal", Authentication::Rsa, "demo-paypal", &settings);
    let one = one.with_own_scenarios(vec![simulate::CRC_FORGED]);
    Ok(vec![one.with_signing_key_at("certificates", "CERT-demo")?])
}

impl Keys for PayPal {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(&self.certificates)
    }
}
