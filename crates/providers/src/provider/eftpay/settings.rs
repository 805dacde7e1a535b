//! An eftPay account in the configuration.

use super::EftPay;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{Secrets, required_text};

/// `[accounts.NAME]` with `provider = "eftpay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The merchant's key id at eftPay. Every message must name it.
    user_confirm_key: String,
    /// The `secret_code`s that verify, newest first. The first signs the answers.
    secrets: Secrets,
}

impl AccountSettings for Settings {
    type Account = EftPay;

    fn account(&self) -> Result<EftPay, SettingsError> {
        let secrets = self.secrets.required("secrets")?;
        let user_confirm_key = required_text("user_confirm_key", &self.user_confirm_key)?;
        Ok(EftPay { user_confirm_key, secrets })
    }
}
