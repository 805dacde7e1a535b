//! UnionPay ACP (the online gateway): the back-end notification of a refund.
//!
//! Follows <https://open.unionpay.com/tjweb/acproduct/APIList?acpAPIId=757&apiservId=448&version=V2.2>
//! and UnionPay's own SDK. `docs/providers/unionpay.md` says what is documented and what we infer.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::{CertifiedKey, Trust};
use crate::kit::exponents::Exponents;
use crate::refund::Currency;

pub use settings::Settings;

/// UnionPay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "unionpay",
    documentation: "https://open.unionpay.com/tjweb/acproduct/APIList?acpAPIId=757",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(_token: &str) -> Demonstrations {
    let settings = "mer_id = \"777290058110048\"\ncurrency = \"CNY\"\n";
    let one = Demonstration::new("unionpay", Authentication::Rsa, "demo-unionpay", settings);
    Ok(vec![one.with_certificate(wire::DEMONSTRATION_NAME)?.with_sample_body("a=b")])
}

/// The version of a message, which decides how it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Version {
    /// SHA-256. The certificate comes in the message.
    #[serde(rename = "5.1.0")]
    Current,
    /// SHA-1. The message names a certificate that the account has.
    #[serde(rename = "5.0.0")]
    Legacy,
}

/// UnionPay with the settings of one account.
#[derive(Debug)]
pub struct UnionPay {
    mer_id: String,
    versions: Vec<Version>,
    trust: Trust,
    allow_test_certificate: bool,
    /// The currency of messages that name none.
    currency: Option<Currency>,
    exponents: Exponents,
}

impl Keys for UnionPay {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(self.trust.certificates().map(CertifiedKey::key))
    }
}
