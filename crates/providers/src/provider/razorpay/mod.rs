//! Razorpay, and Curlec by Razorpay (<https://razorpay.com/docs/my/webhooks/refunds>).
//! `docs/providers/razorpay.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{Razorpay, Razorpay as Settings};

/// Razorpay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "razorpay",
    documentation: "https://razorpay.com/docs/my/webhooks",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::SwitchesWebhookOff,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("secrets = [\"{token}\"]\n");
    let method = Authentication::HmacSha256;
    Ok(vec![Demonstration::new("razorpay", method, "demo-razorpay", &settings)])
}

impl Keys for Razorpay {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(self.secrets.all())
    }
}
