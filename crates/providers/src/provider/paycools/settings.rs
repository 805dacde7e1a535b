//! A PayCools account in the configuration.

use super::{Dialect, PayCools};
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{PublicKeys, Secrets, utc_offset};
use crate::refund::Currency;

/// `[accounts.NAME]` with `provider = "paycools"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The wire form of the account.
    variant: Variant,
    /// The ISO 4217 code of the amounts.
    currency: String,
    /// The decimals of the amounts. The default is ISO 4217's, but 0 for IDR.
    amount_exponent: Option<u8>,
    /// The zone of the provider's times, such as `+08:00`.
    #[serde(default = "default_offset")]
    utc_offset: String,
    /// The `code` of a success answer. The default is 1 for `flat` and 10000 for `envelope`.
    ack_code: Option<i64>,
    /// For `flat`: the secrets that verify, newest first.
    #[serde(default)]
    secrets: Secrets,
    /// For `envelope`: PayCools' public keys, newest first.
    #[serde(default)]
    public_keys: PublicKeys,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    allow_legacy_keys: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Variant {
    Flat,
    Envelope,
}

/// PayCools does not document the zone of its times. All its countries except Thailand and western
/// Indonesia are at this offset.
fn default_offset() -> String {
    "+08:00".to_owned()
}

impl AccountSettings for Settings {
    type Account = PayCools;

    fn account(&self) -> Result<PayCools, SettingsError> {
        let (dialect, usual_ack_code) = match self.variant {
            Variant::Flat => (self.flat()?, 1),
            Variant::Envelope => (self.envelope()?, 10_000),
        };
        let ack_code = self.ack_code.unwrap_or(usual_ack_code);
        // No page says whether PayCools reads the status or the code.
        if matches!(ack_code, 401 | 500 | 503) {
            let message = "expected a code that no failure has (401, 500, 503)";
            return Err(SettingsError::new("ack_code", message));
        }
        Ok(PayCools {
            dialect,
            currency: self.money_unit()?,
            offset: utc_offset(&self.utc_offset)?,
            ack_code,
        })
    }
}

impl Settings {
    fn flat(&self) -> Result<Dialect, SettingsError> {
        if !self.public_keys.is_empty() {
            let message = "the flat variant is signed with a secret; expected no public keys";
            return Err(SettingsError::new("public_keys", message));
        }
        Ok(Dialect::Flat(self.secrets.required("secrets")?))
    }

    fn envelope(&self) -> Result<Dialect, SettingsError> {
        if !self.secrets.is_empty() {
            let message = "the envelope variant is signed with RSA; expected public_keys instead";
            return Err(SettingsError::new("secrets", message));
        }
        Ok(Dialect::Envelope(self.public_keys.parse(self.allow_legacy_keys)?))
    }

    fn money_unit(&self) -> Result<Currency, SettingsError> {
        let currency = Currency::iso(&self.currency).ok_or_else(|| {
            let message = format!("expected an ISO 4217 code, found {:?}", self.currency);
            SettingsError::new("currency", message)
        })?;
        // "Unit is in cents, when the country is Indonesia, the unit is in yuan": whole rupiah.
        let usual = if currency.code() == "IDR" { 0 } else { currency.exponent() };
        let exponent = self.amount_exponent.unwrap_or(usual);
        currency.with_exponent(exponent).ok_or_else(|| {
            let message = format!("expected 0 to {}, found {exponent}", Currency::MOST_DECIMALS);
            SettingsError::new("amount_exponent", message)
        })
    }
}
