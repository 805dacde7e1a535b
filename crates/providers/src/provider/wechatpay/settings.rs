//! A WeChat Pay account in the configuration.

use super::{Merchant, WeChatPay};
use crate::contract::{Provider, SettingsError};
use crate::crypto::cipher::KEY_BYTES;
use crate::crypto::{PublicKey, Secret};
use crate::kit::settings::{PublicKeySettings, one_or_many, require_secrets};

/// `[accounts.NAME]` with `provider = "wechatpay"`, or with `provider = "nomad"` in its mode
/// `wechatpay`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The merchant's number; or else:
    pub(in crate::provider) mchid: Option<String>,
    /// The service provider's number.
    pub(in crate::provider) sp_mchid: Option<String>,
    /// The merchants whose refunds a service provider takes here; absent: all of its own.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(in crate::provider) sub_mchids: Vec<String>,
    /// Where given, v2 messages must name it.
    pub(in crate::provider) appid: Option<String>,
    /// APIv3 keys, 32 characters each, newest first.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(in crate::provider) api_v3_keys: Vec<Secret>,
    /// APIv2 keys, newest first; without one v2 XML is refused.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(in crate::provider) api_v2_keys: Vec<Secret>,
    /// WeChat Pay's public keys and platform certificates, side by side.
    #[serde(default)]
    pub(in crate::provider) public_keys: Vec<PublicKeySettings>,
    /// How far the time of signing may be from the time of receipt.
    #[serde(default = "default_clock_skew_seconds")]
    pub(in crate::provider) clock_skew_seconds: u32,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    pub(in crate::provider) allow_legacy_keys: bool,
}

/// WeChat Pay's own recommendation: five minutes.
pub(in crate::provider) fn default_clock_skew_seconds() -> u32 {
    300
}

impl crate::contract::Settings for Settings {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(self.account()?))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

impl Settings {
    /// Checks the settings and parses the keys.
    pub(in crate::provider) fn account(&self) -> Result<WeChatPay, SettingsError> {
        require_secrets("api_v3_keys", &self.api_v3_keys)?;
        for key in &self.api_v3_keys {
            if key.length() != KEY_BYTES {
                let message =
                    format!("expected {KEY_BYTES} bytes, found {} in {key:?}", key.length());
                return Err(SettingsError::new("api_v3_keys", message));
            }
        }
        let public_keys = PublicKeySettings::parse_all(&self.public_keys, self.allow_legacy_keys)?;
        public_keys.iter().try_for_each(serial_is_id)?;
        Ok(WeChatPay {
            merchant: self.merchant()?,
            app_id: self.appid.clone(),
            public_keys,
            v3_keys: self.api_v3_keys.clone(),
            v2_keys: self.api_v2_keys.clone(),
            clock_skew_seconds: self.clock_skew_seconds,
        })
    }

    fn merchant(&self) -> Result<Merchant, SettingsError> {
        for (key, number) in [("mchid", &self.mchid), ("sp_mchid", &self.sp_mchid)] {
            if number.as_ref().is_some_and(|number| number.trim().is_empty()) {
                return Err(SettingsError::new(key, "expected a number, found empty text"));
            }
        }
        if self.sub_mchids.iter().any(|number| number.trim().is_empty()) {
            return Err(SettingsError::new("sub_mchids", "expected numbers, found empty text"));
        }
        if self.appid.as_ref().is_some_and(|id| id.trim().is_empty()) {
            return Err(SettingsError::new("appid", "expected text, found none"));
        }
        match (&self.mchid, &self.sp_mchid) {
            (Some(_), Some(_)) => {
                Err(SettingsError::new("sp_mchid", "mchid is given as well; expected one of them"))
            }
            (None, None) => Err(SettingsError::new("mchid", "expected mchid or sp_mchid")),
            (Some(_), None) if !self.sub_mchids.is_empty() => {
                Err(SettingsError::new("sub_mchids", "expected sp_mchid beside it, found mchid"))
            }
            (Some(mchid), None) => Ok(Merchant::Single(mchid.clone())),
            (None, Some(sp_mchid)) => Ok(Merchant::Partner {
                sp_mchid: sp_mchid.clone(),
                sub_mchids: self.sub_mchids.clone(),
            }),
        }
    }
}

/// A request names a certificate by its serial number; under another id it would never be found.
fn serial_is_id(key: &PublicKey) -> Result<(), SettingsError> {
    let Some(certificate) = key.certificate() else { return Ok(()) };
    let id = key.id().as_str();
    let plain = id.trim_start_matches('0');
    if plain.eq_ignore_ascii_case(&certificate.serial) {
        return Ok(());
    }
    let message =
        format!("expected the certificate's serial number {} as its id", certificate.serial);
    Err(SettingsError::new(format!("public_keys.{id}"), message))
}
