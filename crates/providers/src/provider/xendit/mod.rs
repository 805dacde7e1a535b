//! Xendit (<https://docs.xendit.co/apidocs/refund-webhook-notification>).
//! `docs/providers/xendit.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};

pub use settings::{Xendit, Xendit as Settings};

/// Xendit in the registry.
pub const DEFINITION: Definition = Definition {
    name: "xendit",
    documentation: "https://docs.xendit.co/docs/handling-webhooks",
    has_window: false,
    credential_headers: &[wire::TOKEN_HEADER],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("callback_tokens = [\"{token}\"]\n");
    Ok(vec![Demonstration::new("xendit", Authentication::Token, "demo-xendit", &settings)])
}

impl Keys for Xendit {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::credentials("token", self.callback_tokens.all())
    }
}
