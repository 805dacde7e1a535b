//! An Alipay account in the configuration.

use super::Alipay;
use crate::contract::{Provider, SettingsError};
use crate::kit::settings::PublicKeySettings;

/// `[accounts.NAME]` with `provider = "alipay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The app that every message must name.
    app_id: String,
    /// Where given, the seller that every trade notification must name.
    seller_id: Option<String>,
    /// Alipay's public keys: PEM, the console's bare base64, or `alipayCertPublicKey_RSA2.crt`.
    #[serde(default)]
    public_keys: Vec<PublicKeySettings>,
    /// Whether messages signed with `sign_type=RSA`, which is SHA-1, are accepted.
    #[serde(default)]
    allow_sha1: bool,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    allow_legacy_keys: bool,
}

impl crate::contract::Settings for Settings {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        if self.app_id.trim().is_empty() {
            return Err(SettingsError::new("app_id", "expected text, found none"));
        }
        if self.seller_id.as_ref().is_some_and(|seller| seller.trim().is_empty()) {
            return Err(SettingsError::new("seller_id", "expected text, found none"));
        }
        Ok(Box::new(Alipay {
            app_id: self.app_id.clone(),
            seller_id: self.seller_id.clone(),
            public_keys: PublicKeySettings::parse_all(&self.public_keys, self.allow_legacy_keys)?,
            allow_sha1: self.allow_sha1,
        }))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}
