//! An Antom account in the configuration.

use super::Antom;
use crate::contract::{Provider, SettingsError};
use crate::kit::settings::PublicKeySettings;

/// `[accounts.NAME]` with `provider = "antom"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The client id that every call must name.
    client_id: String,
    /// Antom's public keys; the id of each is its `keyVersion`.
    #[serde(default)]
    public_keys: Vec<PublicKeySettings>,
    /// The path that Antom calls, where a proxy rewrites it; a query stays as received.
    external_path: Option<String>,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    allow_legacy_keys: bool,
}

impl crate::contract::Settings for Settings {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        if self.client_id.trim().is_empty() {
            return Err(SettingsError::new("client_id", "expected text, found none"));
        }
        if let Some(path) = &self.external_path
            && (!path.starts_with('/') || path.contains('?'))
        {
            let message = "expected a path that begins with / and has no query";
            return Err(SettingsError::new("external_path", message));
        }
        Ok(Box::new(Antom {
            client_id: self.client_id.clone(),
            public_keys: PublicKeySettings::parse_all(&self.public_keys, self.allow_legacy_keys)?,
            external_path: self.external_path.clone(),
        }))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}
