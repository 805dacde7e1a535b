//! Stripe (<https://docs.stripe.com/webhooks>, <https://docs.stripe.com/refunds>).
//! `docs/providers/stripe.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{Stripe, Stripe as Settings};

/// Stripe in the registry.
pub const DEFINITION: Definition = Definition {
    name: "stripe",
    documentation: "https://docs.stripe.com/webhooks",
    has_window: true,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::SwitchesWebhookOff,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("secrets = [\"{token}\"]\nlivemode = false\n");
    Ok(vec![Demonstration::new("stripe", Authentication::HmacSha256, "demo-stripe", &settings)])
}

impl Keys for Stripe {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(self.secrets.all())
    }
}
