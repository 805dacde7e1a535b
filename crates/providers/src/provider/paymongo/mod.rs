//! PayMongo (<https://developers.paymongo.com/docs/creating-webhook>).
//! `docs/providers/paymongo.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{PayMongo, PayMongo as Settings};

/// PayMongo in the registry.
pub const DEFINITION: Definition = Definition {
    name: "paymongo",
    documentation: "https://developers.paymongo.com/docs/creating-webhook",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::SwitchesWebhookOff,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("secrets = [\"{token}\"]\nlivemode = false\n");
    let method = Authentication::HmacSha256;
    Ok(vec![Demonstration::new("paymongo", method, "demo-paymongo", &settings)])
}

impl Keys for PayMongo {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(self.secrets.all())
    }
}
