//! A Nomad account in the configuration.

use super::{Nomad, Relay};
use crate::contract::{Provider, SettingsError};
use crate::crypto::Secret;
use crate::kit::settings::{PublicKeySettings, one_or_many, require_secrets};
use crate::provider::wechatpay::{self, default_clock_skew_seconds};

/// `[accounts.NAME]` with `provider = "nomad"`. In mode `wechatpay` it has the keys of
/// `provider = "wechatpay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Who sends: WeChat Pay, or a relay of ours.
    #[serde(default)]
    mode: Mode,
    mchid: Option<String>,
    sp_mchid: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    sub_mchids: Vec<String>,
    appid: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    api_v3_keys: Vec<Secret>,
    #[serde(default, deserialize_with = "one_or_many")]
    api_v2_keys: Vec<Secret>,
    #[serde(default)]
    public_keys: Vec<PublicKeySettings>,
    #[serde(default = "default_clock_skew_seconds")]
    clock_skew_seconds: u32,
    #[serde(default)]
    allow_legacy_keys: bool,
    /// For `relay`: the secrets that verify, newest first.
    #[serde(default, deserialize_with = "one_or_many")]
    secrets: Vec<Secret>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    #[serde(rename = "wechatpay")]
    WeChatPay,
    Relay,
}

impl crate::contract::Settings for Settings {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(match self.mode {
            Mode::WeChatPay => Nomad::WeChatPay(Box::new(self.wechatpay()?)),
            Mode::Relay => Nomad::Relay(self.relay()?),
        }))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
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
        require_secrets("secrets", &self.secrets)?;
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
            let message = "mode relay is signed with a secret; this belongs to mode wechatpay";
            return Err(SettingsError::new(key, message));
        }
        Ok(Relay { secrets: self.secrets.clone(), clock_skew_seconds: self.clock_skew_seconds })
    }
}
