//! A WeChat Pay account in the configuration.

use super::{Merchant, WeChatPay};
use crate::contract::{AccountSettings, SettingsError};
use crate::crypto::cipher::KEY_BYTES;
use crate::crypto::{PublicKey, Secret};
use crate::kit::settings::{ClockSkewSeconds, PublicKeys, Secrets, one_or_many, optional_text};

/// `[accounts.NAME]` with `provider = "wechatpay"`, or with `provider = "nomad"` in its mode
/// `wechatpay`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The merchant's number. A service provider has `sp_mchid` instead.
    pub(in crate::provider) mchid: Option<String>,
    /// The service provider's number.
    pub(in crate::provider) sp_mchid: Option<String>,
    /// The merchants whose refunds a service provider takes here. Without the key: all of them.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(in crate::provider) sub_mchids: Vec<String>,
    /// The app that v2 messages must name, if given.
    pub(in crate::provider) appid: Option<String>,
    /// The APIv3 keys, 32 characters each, newest first. Without a key, v3 JSON is refused.
    #[serde(default)]
    pub(in crate::provider) api_v3_keys: Secrets,
    /// The APIv2 keys, newest first. Without a key, v2 XML is refused.
    #[serde(default)]
    pub(in crate::provider) api_v2_keys: Secrets,
    /// WeChat Pay's public keys and platform certificates, for v3.
    #[serde(default)]
    pub(in crate::provider) public_keys: PublicKeys,
    /// How far the time of signing may be from the time of receipt, in seconds. WeChat Pay
    /// recommends the default, five minutes.
    #[serde(default)]
    pub(in crate::provider) clock_skew_seconds: ClockSkewSeconds,
    /// Whether RSA keys of 1024 bits are accepted.
    #[serde(default)]
    pub(in crate::provider) allow_legacy_keys: bool,
}

impl AccountSettings for Settings {
    type Account = WeChatPay;

    fn account(&self) -> Result<WeChatPay, SettingsError> {
        let (v3_keys, public_keys) = self.v3()?;
        Ok(WeChatPay {
            merchant: self.merchant()?,
            app_id: optional_text("appid", self.appid.as_ref())?,
            public_keys,
            v3_keys,
            v2_keys: self.api_v2_keys.optional(),
            window: self.clock_skew_seconds.window(),
        })
    }
}

impl Settings {
    /// Returns the keys of v3: those that open and those that verify. There are either both or, if
    /// the account has v2 keys, none.
    fn v3(&self) -> Result<(Vec<Secret>, Vec<PublicKey>), SettingsError> {
        match (self.api_v3_keys.is_empty(), self.api_v2_keys.is_empty()) {
            (true, true) => {
                let message = "expected at least one key here or in api_v2_keys, found none";
                return Err(SettingsError::new("api_v3_keys", message));
            }
            (true, false) if self.public_keys.is_empty() => return Ok((Vec::new(), Vec::new())),
            (true, false) => {
                let message = "public_keys verify v3 only; expected api_v3_keys beside them, or no \
                               public_keys";
                return Err(SettingsError::new("api_v3_keys", message));
            }
            (false, _) => {}
        }
        let v3_keys = self.api_v3_keys.optional();
        v3_keys.iter().try_for_each(require_length)?;
        let public_keys = self.public_keys.parse(self.allow_legacy_keys)?;
        public_keys.iter().try_for_each(require_serial_as_id)?;
        Ok((v3_keys, public_keys))
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

/// Requires that the id of a certificate is its serial number, because a request names it by that
/// number.
fn require_serial_as_id(key: &PublicKey) -> Result<(), SettingsError> {
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

fn require_length(key: &Secret) -> Result<(), SettingsError> {
    if key.length() == KEY_BYTES {
        return Ok(());
    }
    let message = format!("expected {KEY_BYTES} bytes, found {} in {key:?}", key.length());
    Err(SettingsError::new("api_v3_keys", message))
}
