//! QFPay (<https://sdk.qfapi.com/integration/common-api/async-notifications>).
//! `docs/providers/qfpay.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use time::UtcOffset;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::Secret;
use crate::kit::exponents::Exponents;
use crate::kit::settings::NamedAccounts;

pub use settings::Settings;

/// QFPay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "qfpay",
    documentation: "https://sdk.qfapi.com/integration/common-api/async-notifications",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("secrets = [\"{token}\"]\nmchids = [\"eqqmYMn0Zj\"]\n");
    Ok(vec![Demonstration::new("qfpay", Authentication::Md5, "demo-qfpay", &settings)])
}

/// QFPay with the settings of one account.
#[derive(Debug)]
pub struct QfPay {
    secrets: Vec<Secret>,
    mchids: NamedAccounts,
    offset: UtcOffset,
    exponents: Exponents,
}

impl Keys for QfPay {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(&self.secrets)
    }
}
