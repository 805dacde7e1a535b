//! PayCools (Philippines, J&T) and PayCools MY / BluePay.
//!
//! There are two wire forms. The `variant` of an account selects one; the other is refused. `flat`
//! follows <https://doc.paycools.com/PartnerEventCallback/CallBackApiSignatureRule.html>,
//! `envelope` follows <https://docs.paycools.com.my/en/UnifiedAPIParam.html>.
//! `docs/providers/paycools.md` says what is documented, what we infer and what is unknown.

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
use crate::crypto::{PublicKey, Secret};
use crate::refund::Currency;

pub use settings::Settings;

/// PayCools in the registry.
pub const DEFINITION: Definition = Definition {
    name: "paycools",
    documentation: "https://doc.paycools.com",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let flat = format!("variant = \"flat\"\ncurrency = \"PHP\"\nsecrets = [\"{token}\"]\n");
    let envelope = "variant = \"envelope\"\ncurrency = \"MYR\"\n";
    let rsa = Authentication::Rsa;
    let envelope = Demonstration::new("paycools envelope", rsa, "demo-paycools-my", envelope);
    Ok(vec![
        Demonstration::new("paycools flat", Authentication::Sha1, "demo-paycools", &flat),
        envelope.with_signing_key("demo")?,
    ])
}

/// PayCools with the settings of one account.
#[derive(Debug)]
pub struct PayCools {
    dialect: Dialect,
    /// The currency of all amounts. Messages name none.
    currency: Currency,
    /// The zone of all times. Messages name none.
    offset: UtcOffset,
    /// The `code` of a success answer.
    ack_code: i64,
}

/// The wire form of an account, with the keys that verify it.
#[derive(Debug)]
enum Dialect {
    /// A JSON object with its signature as a member.
    Flat(Vec<Secret>),
    /// `{"param": "<JSON text>", "sign": "<base64>"}`.
    Envelope(Vec<PublicKey>),
}

impl Keys for PayCools {
    fn keys(&self) -> Vec<KeyDescription> {
        match &self.dialect {
            Dialect::Flat(secrets) => KeyDescription::all(secrets),
            Dialect::Envelope(keys) => KeyDescription::all(keys),
        }
    }
}
