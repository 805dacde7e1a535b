//! Airwallex (<https://www.airwallex.com/docs/payments/reference/payments-webhooks>).
//! `docs/providers/airwallex.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{Airwallex, Airwallex as Settings};

/// Airwallex in the registry.
pub const DEFINITION: Definition = Definition {
    name: "airwallex",
    documentation: "https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview",
    has_window: true,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let (account, settings) = ("demo-airwallex", format!("secrets = [\"{token}\"]\n"));
    Ok(vec![Demonstration::new("airwallex", Authentication::HmacSha256, account, &settings)])
}

impl Keys for Airwallex {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(self.secrets.all())
    }
}
