//! An Antom account in the configuration.

use super::Antom;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{PublicKeys, required_text};

/// `[accounts.NAME]` with `provider = "antom"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The client id that every call must name.
    client_id: String,
    /// Antom's public keys. The id of each is its `keyVersion`.
    #[serde(default)]
    public_keys: PublicKeys,
    /// The path that Antom calls, if a proxy rewrites it. A query stays as received.
    external_path: Option<String>,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    allow_legacy_keys: bool,
}

impl AccountSettings for Settings {
    type Account = Antom;

    fn account(&self) -> Result<Antom, SettingsError> {
        let client_id = required_text("client_id", &self.client_id)?;
        if let Some(path) = &self.external_path
            && (!path.starts_with('/') || path.contains('?'))
        {
            let message = "expected a path that begins with / and has no query";
            return Err(SettingsError::new("external_path", message));
        }
        let public_keys = self.public_keys.parse(self.allow_legacy_keys)?;
        Ok(Antom { client_id, public_keys, external_path: self.external_path.clone() })
    }
}
