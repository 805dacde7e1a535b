//! An eftPay account in the configuration.

use super::EftPay;
use crate::contract::{Provider, SettingsError};
use crate::crypto::Secret;
use crate::kit::settings::{one_or_many, require_secrets};

/// `[accounts.NAME]` with `provider = "eftpay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The merchant's key id at eftPay; every message must name it.
    user_confirm_key: String,
    /// The `secret_code`s that verify, newest first. Answers are signed with the first.
    #[serde(deserialize_with = "one_or_many")]
    secrets: Vec<Secret>,
}

impl crate::contract::Settings for Settings {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        require_secrets("secrets", &self.secrets)?;
        if self.user_confirm_key.trim().is_empty() {
            return Err(SettingsError::new("user_confirm_key", "expected text, found none"));
        }
        Ok(Box::new(EftPay {
            user_confirm_key: self.user_confirm_key.clone(),
            secrets: self.secrets.clone(),
        }))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}
