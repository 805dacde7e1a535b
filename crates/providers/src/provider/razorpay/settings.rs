//! A Razorpay account in the configuration. The settings need no parsing, so they are the account.

use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{NamedAccounts, Secrets, optional_text};

/// `[accounts.NAME]` with `provider = "razorpay"`: one webhook.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Razorpay {
    /// The webhook's secrets, newest first. They are not the secret of the API key.
    pub(super) secrets: Secrets,
    /// The accounts at Razorpay whose events come to this webhook, for partners.
    #[serde(default)]
    pub(super) account_ids: NamedAccounts,
    #[serde(default)]
    pub(super) identity: IdentifiedBy,
    /// The member of a payment's `notes` that is the merchant's order id.
    pub(super) merchant_order_id_note: Option<String>,
}

/// The member that identifies a refund within the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdentifiedBy {
    /// Razorpay's id.
    #[default]
    Id,
    /// The merchant's `receipt`, if the merchant gives each refund another one.
    Receipt,
}

impl AccountSettings for Razorpay {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.secrets.required("secrets")?;
        self.account_ids.check("account_ids")?;
        optional_text("merchant_order_id_note", self.merchant_order_id_note.as_ref())?;
        Ok(self.clone())
    }
}
