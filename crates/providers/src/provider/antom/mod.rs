//! Antom (Alipay global): `notifyRefund`.
//!
//! Follows <https://docs.antom.com/ac/ams/notify_refund> and
//! <https://docs.antom.com/ac/ams/digital_signature>. `docs/providers/antom.md` says what is
//! documented and what we infer.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::PublicKey;

pub use settings::Settings;

/// Antom in the registry.
pub const DEFINITION: Definition = Definition {
    name: "antom",
    documentation: "https://docs.antom.com/ac/ams/notify_refund",
    has_window: false,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(_token: &str) -> Demonstrations {
    let settings = "client_id = \"SANDBOX_DEMO\"\n";
    let one = Demonstration::new("antom", Authentication::Rsa, "demo-antom", settings);
    Ok(vec![one.with_signing_key("1")?])
}

/// Antom with the settings of one account.
#[derive(Debug)]
pub struct Antom {
    client_id: String,
    /// The id of each key is its `keyVersion`.
    public_keys: Vec<PublicKey>,
    /// The path that Antom calls, if a proxy rewrites it.
    external_path: Option<String>,
}

impl Keys for Antom {
    fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::all(&self.public_keys)
    }
}
