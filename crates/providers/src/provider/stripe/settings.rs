//! A Stripe account in the configuration. The settings need no parsing, so they are the account.

use crate::contract::{AccountSettings, SettingsError};
use crate::kit::exponents::Exponents;
use crate::kit::settings::{ClockSkewSeconds, NamedAccounts, Secrets, optional_text};

/// `[accounts.NAME]` with `provider = "stripe"`: one endpoint.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Stripe {
    /// The endpoint's signing secrets with `whsec_`, newest first.
    pub(super) secrets: Secrets,
    /// Whether the endpoint is for live events, not for test events.
    pub(super) livemode: bool,
    #[serde(default)]
    pub(super) clock_skew_seconds: ClockSkewSeconds,
    /// The connected accounts whose events a Connect endpoint takes.
    #[serde(default)]
    pub(super) connected_accounts: NamedAccounts,
    /// The member of a refund's `metadata` that is the merchant's order id.
    pub(super) merchant_order_metadata_key: Option<String>,
    /// The member of a refund's `metadata` that is the merchant's own reference of the refund.
    pub(super) merchant_refund_metadata_key: Option<String>,
    #[serde(default)]
    pub(super) exponents: Exponents,
}

impl AccountSettings for Stripe {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.secrets.required("secrets")?;
        self.connected_accounts.check("connected_accounts")?;
        optional_text("merchant_order_metadata_key", self.merchant_order_metadata_key.as_ref())?;
        optional_text("merchant_refund_metadata_key", self.merchant_refund_metadata_key.as_ref())?;
        self.exponents.check()?;
        Ok(self.clone())
    }
}
