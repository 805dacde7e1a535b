//! Adyen: standard webhooks about refunds (<https://docs.adyen.com/development-resources/webhooks>).
//! `docs/providers/adyen.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod event_code;
mod explain;
mod form;
mod item;
mod normalize;
mod reply;
mod scenarios;
mod settings;
mod simulate;
mod wire;

use data_encoding::HEXUPPER;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::Secret;
use crate::crypto::hash::sha256;
use crate::kit::exponents::Exponents;
use crate::kit::settings::NamedAccounts;
use crate::refund::RefundStatus;

pub use settings::Settings;

/// Adyen in the registry.
pub const DEFINITION: Definition = Definition {
    name: "adyen",
    documentation: "https://docs.adyen.com/development-resources/webhooks",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::StopsQueue,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let key = HEXUPPER.encode(&sha256(token.as_bytes()));
    let settings = format!(
        "hmac_keys = [\"{key}\"]\nbasic_auth = [{{ user = \"demo\", password = \"{token}\" }}]\n\
         live = false\nmerchant_accounts = [\"DemoMerchant\"]\n"
    );
    let own = scenarios::OWN.iter().map(|(scenario, _)| *scenario).collect();
    let one = Demonstration::new("adyen", Authentication::HmacSha256, "demo-adyen", &settings);
    Ok(vec![one.with_own_scenarios(own)])
}

/// Adyen with the settings of one account.
#[derive(Debug)]
pub struct Adyen {
    /// The bytes of the HMAC keys, newest first.
    hmac_keys: Vec<Secret>,
    /// The values of `Authorization` that are accepted. Without any, none is required.
    authorizations: Vec<Secret>,
    /// How the passwords in them are shown.
    passwords: Vec<KeyDescription>,
    live: bool,
    merchant_accounts: NamedAccounts,
    /// What `success=true` of a refund means.
    accepted_is: RefundStatus,
    /// Whether `merchantReference` is the refund's own reference, and not the order's.
    has_refund_references: bool,
    exponents: Exponents,
}

impl Keys for Adyen {
    fn keys(&self) -> Vec<KeyDescription> {
        let mut keys = KeyDescription::all(&self.hmac_keys);
        keys.extend(self.passwords.iter().cloned());
        keys
    }
}
