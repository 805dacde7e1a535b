//! Alipay (open platform): the trade notification that contains a refund, and the deposit-back
//! message of the app gateway.
//!
//! Follows <https://opendocs.alipay.com/open/203/105286> and
//! <https://opendocs.alipay.com/open/a5181a0b_alipay.trade.refund.depositback.completed>. A refund
//! has no `notify_url` of its own: Alipay calls the payment's. `docs/providers/alipay.md` says what
//! is documented and what we infer.

mod authenticate;
mod deposit_back;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod trade;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::PublicKey;

pub use settings::Settings;

/// Alipay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "alipay",
    documentation: "https://opendocs.alipay.com/open/203/105286",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(_token: &str) -> Demonstrations {
    let settings = "app_id = \"2021000000000001\"\n";
    let one = Demonstration::new("alipay", Authentication::Rsa, "demo-alipay", settings);
    Ok(vec![one.with_signing_key("demo")?.with_sample_body("a=b")])
}

/// Alipay with the settings of one account.
#[derive(Debug)]
pub struct Alipay {
    app_id: String,
    seller_id: Option<String>,
    /// Alipay's keys, not the app's. A message names no key, so every one is tried.
    public_keys: Vec<PublicKey>,
    /// Whether `sign_type=RSA`, which is SHA-1, is accepted.
    allow_sha1: bool,
}

impl Keys for Alipay {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(&self.public_keys)
    }
}
