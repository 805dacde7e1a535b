//! An Alipay account in the configuration.

use super::Alipay;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{PublicKeys, optional_text, required_text};

/// `[accounts.NAME]` with `provider = "alipay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The app that every message must name.
    app_id: String,
    /// The seller that every trade notification must name, if given.
    seller_id: Option<String>,
    /// Alipay's public keys: PEM, the console's bare base64, or `alipayCertPublicKey_RSA2.crt`.
    #[serde(default)]
    public_keys: PublicKeys,
    /// Whether messages signed with `sign_type=RSA`, which is SHA-1, are accepted.
    #[serde(default)]
    allow_sha1: bool,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    allow_legacy_keys: bool,
}

impl AccountSettings for Settings {
    type Account = Alipay;

    fn account(&self) -> Result<Alipay, SettingsError> {
        Ok(Alipay {
            app_id: required_text("app_id", &self.app_id)?,
            seller_id: optional_text("seller_id", self.seller_id.as_ref())?,
            public_keys: self.public_keys.parse(self.allow_legacy_keys)?,
            allow_sha1: self.allow_sha1,
        })
    }
}
