//! Checkout.com (<https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks>).
//! `docs/providers/checkout.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{Checkout, Checkout as Settings};

/// Checkout.com in the registry.
pub const DEFINITION: Definition = Definition {
    name: "checkout",
    documentation: "https://www.checkout.com/docs/workflows/set-up-your-webhook-receiver",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::SwitchesWebhookOff,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let (account, settings) = ("demo-checkout", format!("secrets = [\"{token}\"]\n"));
    Ok(vec![Demonstration::new("checkout", Authentication::HmacSha256, account, &settings)])
}

impl Keys for Checkout {
    fn keys(&self) -> Vec<KeyDescription> {
        let authorization = KeyDescription::credentials("authorization", self.authorization.all());
        [KeyDescription::all(self.secrets.all()), authorization].concat()
    }
}
