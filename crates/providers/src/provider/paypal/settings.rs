//! A PayPal account in the configuration.

use serde::{Deserialize, Serialize};

use super::wire;
use crate::contract::{AccountSettings, SettingsError};
use crate::crypto::PublicKey;
use crate::kit::freshness::Window;
use crate::kit::settings::{
    ClockSkewSeconds, MaxAgeSeconds, PublicKeys, one_or_many, required_text,
};

/// `[accounts.NAME]` with `provider = "paypal"`: the webhooks of one REST app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    environment: Environment,
    /// The ids that PayPal gave the webhooks.
    #[serde(deserialize_with = "one_or_many")]
    webhook_ids: Vec<String>,
    /// PayPal's certificates. The id of each is the last part of `paypal-cert-url`.
    certificates: PublicKeys,
    #[serde(default)]
    max_age_seconds: MaxAgeSeconds,
    #[serde(default)]
    reversals: Reversals,
    #[serde(default)]
    merchant_order_from: MerchantOrderFrom,
}

/// The environment of the REST app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Environment {
    Live,
    Sandbox,
}

/// What becomes of money that PayPal took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reversals {
    /// It is acknowledged and counted.
    #[default]
    Ignore,
    /// It is recorded as a refund with a flag.
    Refund,
}

/// The member that is the merchant's order id. The other one is the merchant's reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MerchantOrderFrom {
    #[default]
    InvoiceId,
    CustomId,
}

/// PayPal with the settings of one account.
#[derive(Debug)]
pub struct PayPal {
    pub(super) environment: Environment,
    /// The ids of the webhooks at PayPal. PayPal signs them and does not send them.
    pub(super) webhook_ids: Vec<String>,
    /// PayPal's pinned certificates. The id of each is the last part of its URL.
    pub(super) certificates: Vec<PublicKey>,
    pub(super) window: Window,
    pub(super) reversals: Reversals,
    pub(super) merchant_order_from: MerchantOrderFrom,
}

impl AccountSettings for Settings {
    type Account = PayPal;

    fn account(&self) -> Result<PayPal, SettingsError> {
        let error = |message: &str| Err(SettingsError::new("webhook_ids", message));
        if self.webhook_ids.is_empty() {
            return error("expected at least one webhook id, found none");
        }
        for id in &self.webhook_ids {
            required_text("webhook_ids", id)?;
            if id == wire::SIMULATORS_WEBHOOK_ID && self.environment == Environment::Live {
                return error(
                    "PayPal's public simulator signs with the id WEBHOOK_ID; expected the id of \
                     your own webhook where environment is \"live\"",
                );
            }
        }
        Ok(PayPal {
            environment: self.environment,
            webhook_ids: self.webhook_ids.clone(),
            certificates: self.certificates.parse_at("certificates", false)?,
            window: self.max_age_seconds.window(ClockSkewSeconds::default()),
            reversals: self.reversals,
            merchant_order_from: self.merchant_order_from,
        })
    }
}
