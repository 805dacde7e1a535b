//! A QFPay account in the configuration.

use super::QfPay;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::exponents::Exponents;
use crate::kit::settings::{NamedAccounts, Secrets, utc_offset};

/// `[accounts.NAME]` with `provider = "qfpay"`: one pair of app code and key.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The client keys or notification keys that verify, newest first. The key is their text.
    secrets: Secrets,
    /// The merchants that messages may name, if given. Several are an agent's.
    #[serde(default)]
    mchids: NamedAccounts,
    /// The zone of the times in messages.
    #[serde(default = "default_offset")]
    utc_offset: String,
    #[serde(default)]
    exponents: Exponents,
}

/// The default of `txzone` (<https://sdk.qfapi.com/integration/common-api/transaction-enquiry>).
fn default_offset() -> String {
    "+08:00".to_owned()
}

impl AccountSettings for Settings {
    type Account = QfPay;

    fn account(&self) -> Result<QfPay, SettingsError> {
        self.mchids.check("mchids")?;
        self.exponents.check()?;
        Ok(QfPay {
            secrets: self.secrets.required("secrets")?,
            mchids: self.mchids.clone(),
            offset: utc_offset(&self.utc_offset)?,
            exponents: self.exponents.clone(),
        })
    }
}
