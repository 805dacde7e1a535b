//! A Nomad account in the configuration.

use super::{Nomad, Relay};
use crate::contract::{AccountSettings, SettingsError};
use crate::kit::settings::{ClockSkewSeconds, PublicKeys, Secrets, one_or_many};
use crate::provider::wechatpay;

/// `[accounts.NAME]` with `provider = "nomad"`. Mode `wechatpay` has the keys of
/// `provider = "wechatpay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The sender: WeChat Pay, or a relay.
    #[serde(default)]
    mode: Mode,
    mchid: Option<String>,
    sp_mchid: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    sub_mchids: Vec<String>,
    appid: Option<String>,
    #[serde(default)]
    api_v3_keys: Secrets,
    #[serde(default)]
    api_v2_keys: Secrets,
    #[serde(default)]
    public_keys: PublicKeys,
    #[serde(default)]
    clock_skew_seconds: ClockSkewSeconds,
    #[serde(default)]
    allow_legacy_keys: bool,
    /// For `relay`: the secrets that verify, newest first.
    #[serde(default)]
    secrets: Secrets,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    #[serde(rename = "wechatpay")]
    WeChatPay,
    Relay,
}

impl AccountSettings for Settings {
    type Account = Nomad;

    fn account(&self) -> Result<Nomad, SettingsError> {
        Ok(match self.mode {
            Mode::WeChatPay => Nomad::WeChatPay(Box::new(self.wechatpay()?)),
            Mode::Relay => Nomad::Relay(self.relay()?),
        })
    }
}

impl Settings {
    fn wechatpay(&self) -> Result<wechatpay::WeChatPay, SettingsError> {
        if !self.secrets.is_empty() {
            let message = "mode wechatpay is signed by WeChat Pay; expected its keys instead";
            return Err(SettingsError::new("secrets", message));
        }
        wechatpay::Settings {
            mchid: self.mchid.clone(),
            sp_mchid: self.sp_mchid.clone(),
            sub_mchids: self.sub_mchids.clone(),
            appid: self.appid.clone(),
            api_v3_keys: self.api_v3_keys.clone(),
            api_v2_keys: self.api_v2_keys.clone(),
            public_keys: self.public_keys.clone(),
            clock_skew_seconds: self.clock_skew_seconds,
            allow_legacy_keys: self.allow_legacy_keys,
        }
        .account()
    }

    fn relay(&self) -> Result<Relay, SettingsError> {
        let secrets = self.secrets.required("secrets")?;
        let of_wechatpay = [
            ("mchid", self.mchid.is_some()),
            ("sp_mchid", self.sp_mchid.is_some()),
            ("sub_mchids", !self.sub_mchids.is_empty()),
            ("appid", self.appid.is_some()),
            ("api_v3_keys", !self.api_v3_keys.is_empty()),
            ("api_v2_keys", !self.api_v2_keys.is_empty()),
            ("public_keys", !self.public_keys.is_empty()),
        ];
        if let Some((key, _)) = of_wechatpay.into_iter().find(|(_, is_given)| *is_given) {
            let message = "mode relay is signed with a secret; this key belongs to mode wechatpay";
            return Err(SettingsError::new(key, message));
        }
        Ok(Relay { secrets, window: self.clock_skew_seconds.window() })
    }
}
