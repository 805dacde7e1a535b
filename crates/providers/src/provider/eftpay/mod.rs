//! eftPay (EFT Solutions, Hong Kong; the VMP gateway).
//!
//! Follows <https://vmp.eftpay.com.cn/vmp-docs/en>: `develop-guide/DoSign.html`,
//! `develop-guide/VerifySign.html` and `api-reference/scene/*/RefundNotify.html`.
//! `docs/providers/eftpay.md` says what is documented, what we infer and what is unknown.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::Secret;

pub use settings::Settings;

/// eftPay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "eftpay",
    documentation: "https://vmp.eftpay.com.cn/vmp-docs/en",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("user_confirm_key = \"S0003469\"\nsecrets = [\"{token}\"]\n");
    Ok(vec![Demonstration::new("eftpay", Authentication::Sha256, "demo-eftpay", &settings)])
}

/// eftPay with the settings of one account.
#[derive(Debug)]
pub struct EftPay {
    user_confirm_key: String,
    secrets: Vec<Secret>,
}

impl Keys for EftPay {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(&self.secrets)
    }
}
