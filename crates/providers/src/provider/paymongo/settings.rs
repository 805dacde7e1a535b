//! A PayMongo account in the configuration. The settings need no parsing, so they are the account.

use super::wire;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{ClockSkewSeconds, Secrets, optional_text};

/// `[accounts.NAME]` with `provider = "paymongo"`: one webhook.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PayMongo {
    /// The webhook's secret keys with `whsk_`, newest first.
    pub(super) secrets: Secrets,
    /// Whether the webhook is for live events, not for test events.
    pub(super) livemode: bool,
    /// The window around the time of receipt. Without it, a time of any age is accepted.
    pub(super) clock_skew_seconds: Option<ClockSkewSeconds>,
    /// The member of a refund's `metadata` that is the merchant's own number of the refund.
    pub(super) merchant_refund_id_metadata_key: Option<String>,
}

impl AccountSettings for PayMongo {
    type Account = Self;

    fn account(&self) -> Result<Self, SettingsError> {
        self.secrets.required("secrets")?;
        if let Some(window) = self.clock_skew_seconds {
            window.at_least("clock_skew_seconds", wire::LEAST_WINDOW_SECONDS)?;
        }
        let key = self.merchant_refund_id_metadata_key.as_ref();
        optional_text("merchant_refund_id_metadata_key", key)?;
        Ok(self.clone())
    }
}
