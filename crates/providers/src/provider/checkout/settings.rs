//! A Checkout.com account in the configuration. The settings need no parsing, so they are the
//! account.

use crate::contract::{AccountSettings, SettingsError};
use crate::kit::exponents::Exponents;
use crate::kit::settings::{Secrets, optional_text};

/// `[accounts.NAME]` with `provider = "checkout"`: one webhook of one entity.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Checkout {
    /// The webhook's signature keys, newest first. Old accounts sign with the secret API key.
    pub(super) secrets: Secrets,
    /// The texts of which each request presents one in `Authorization`, if there are any.
    #[serde(default)]
    pub(super) authorization: Secrets,
    #[serde(default)]
    pub(super) reference_is: ReferenceIs,
    /// The member of a payment's `metadata` that is the merchant's order id.
    pub(super) merchant_order_metadata_key: Option<String>,
    #[serde(default)]
    pub(super) exponents: Exponents,
}

/// What the merchant's `reference` names.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReferenceIs {
    /// The order: the refund requests have no reference of their own.
    #[default]
    Order,
    /// The refund.
    Refund,
}

impl AccountSettings for Checkout {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.secrets.required("secrets")?;
        optional_text("merchant_order_metadata_key", self.merchant_order_metadata_key.as_ref())?;
        self.exponents.check()?;
        Ok(self.clone())
    }
}
