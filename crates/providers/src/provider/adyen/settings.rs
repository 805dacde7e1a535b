//! An Adyen account in the configuration.

use super::Adyen;
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::credentials::BasicAuth;
use crate::kit::exponents::Exponents;
use crate::kit::settings::{NamedAccounts, Secrets};
use crate::refund::RefundStatus;

/// The length of an HMAC key
/// (<https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures>).
const KEY_BYTES: usize = 32;

/// `[accounts.NAME]` with `provider = "adyen"`: one webhook.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The webhook's HMAC keys as hex digits, newest first.
    hmac_keys: Secrets,
    /// The users and passwords of the webhook, newest first.
    #[serde(default)]
    basic_auth: BasicAuth,
    /// Whether the webhook is of the live platform, not of the test platform.
    live: bool,
    /// The merchant accounts whose items are ours. Without any, all are.
    #[serde(default)]
    merchant_accounts: NamedAccounts,
    #[serde(default)]
    refund_true_is: RefundTrueIs,
    #[serde(default)]
    merchant_reference_is: MerchantReferenceIs,
    #[serde(default)]
    exponents: Exponents,
}

/// What `success=true` of a refund means: Adyen has sent it to the scheme.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundTrueIs {
    #[default]
    Succeeded,
    Pending,
}

/// What `merchantReference` is. It depends on the merchant's refund requests.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum MerchantReferenceIs {
    #[default]
    Order,
    Refund,
}

impl AccountSettings for Settings {
    type Account = Adyen;

    fn account(&self) -> Result<Adyen, SettingsError> {
        let wrong = || {
            let expected = format!("expected {} hex digits", 2 * KEY_BYTES);
            SettingsError::new("hmac_keys", expected)
        };
        let texts = self.hmac_keys.required("hmac_keys")?;
        let keys = texts.iter().map(|text| text.from_hex(KEY_BYTES).ok_or_else(wrong));
        self.merchant_accounts.check("merchant_accounts")?;
        self.exponents.check()?;
        Ok(Adyen {
            hmac_keys: keys.collect::<Result<_, _>>()?,
            authorizations: self.basic_auth.authorizations()?,
            passwords: self.basic_auth.keys(),
            live: self.live,
            merchant_accounts: self.merchant_accounts.clone(),
            accepted_is: match self.refund_true_is {
                RefundTrueIs::Succeeded => RefundStatus::Succeeded,
                RefundTrueIs::Pending => RefundStatus::Pending,
            },
            has_refund_references: match self.merchant_reference_is {
                MerchantReferenceIs::Order => false,
                MerchantReferenceIs::Refund => true,
            },
            exponents: self.exponents.clone(),
        })
    }
}
