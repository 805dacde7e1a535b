//! An Airwallex account in the configuration. The settings need no parsing, so they are the account.

use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{
    ClockSkewSeconds, MaxAgeSeconds, NamedAccounts, Secrets, optional_text,
};

/// `[accounts.NAME]` with `provider = "airwallex"`: one subscription.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Airwallex {
    /// The subscription's secrets, newest first.
    pub(super) secrets: Secrets,
    /// The accounts whose events the subscription of an organization takes.
    #[serde(default)]
    pub(super) account_ids: NamedAccounts,
    #[serde(default)]
    pub(super) max_age_seconds: MaxAgeSeconds,
    /// How far the provider's clock may be ahead of ours.
    #[serde(default)]
    pub(super) clock_skew_seconds: ClockSkewSeconds,
    #[serde(default)]
    pub(super) accepted_is: Accepted,
    /// The member of a refund's `metadata` that is the merchant's order id.
    pub(super) merchant_order_metadata_key: Option<String>,
    #[serde(default)]
    pub(super) identity: Identifier,
}

/// What an accepted refund is: the documentation leaves open whether it can still fail.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Accepted {
    #[default]
    Pending,
    Succeeded,
}

/// The member of a refund that identifies it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Identifier {
    /// Airwallex's number.
    #[default]
    Id,
    /// The merchant's number of the refund request.
    RequestId,
}

impl AccountSettings for Airwallex {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.secrets.required("secrets")?;
        self.account_ids.check("account_ids")?;
        optional_text("merchant_order_metadata_key", self.merchant_order_metadata_key.as_ref())?;
        Ok(self.clone())
    }
}
