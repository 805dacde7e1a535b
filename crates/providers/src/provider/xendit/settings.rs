//! A Xendit account in the configuration. The settings need no parsing, so they are the account.

use crate::contract::{AccountSettings, SettingsError};
use crate::kit::exponents::Exponents;
use crate::kit::settings::{NamedAccounts, Secrets};

/// `[accounts.NAME]` with `provider = "xendit"`: one account at Xendit, in one mode.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Xendit {
    /// The verification tokens of webhooks, newest first.
    pub(super) callback_tokens: Secrets,
    /// The businesses whose events come with these tokens, for platforms.
    #[serde(default)]
    pub(super) business_ids: NamedAccounts,
    #[serde(default)]
    pub(super) exponents: Exponents,
    #[serde(default)]
    pub(super) identity: IdentifiedBy,
    /// Whether `ewallet.refund` of the older product is read.
    #[serde(default)]
    pub(super) legacy_ewallet: bool,
}

/// The member that identifies a refund within the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdentifiedBy {
    /// Xendit's id.
    #[default]
    Id,
    /// The merchant's `reference_id`, if the merchant gives each refund another one.
    ReferenceId,
}

impl AccountSettings for Xendit {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.callback_tokens.required("callback_tokens")?;
        self.business_ids.check("business_ids")?;
        self.exponents.check()?;
        Ok(self.clone())
    }
}
