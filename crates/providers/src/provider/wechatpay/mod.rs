//! WeChat Pay, v3 and v2, mainland and global, merchant and partner, on one route.
//!
//! A v3 merchant still receives v2 XML for refunds made by hand on the merchant platform, so the
//! first byte that is not white space decides: `{` is v3, `<` is v2. Neither path ever accepts the
//! other's body. Follows <https://pay.weixin.qq.com/doc/v3/merchant/4012082022> (v3) and
//! <https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/pay/H5Payment/chapter8_8.shtml> (v2). What
//! stands there and what we infer: `docs/providers/wechatpay.md`.

mod authenticate;
mod normalize;
pub(in crate::provider) mod reply;
mod settings;
mod simulate;
mod v2;
mod v3;
pub(in crate::provider) mod wire;

use super::registry::Definition;
use crate::contract::Unreadable;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::contract::{
    Answer, Authentic, Delivery, KeyDescription, NotAuthentic, Notice, Provider, Reply,
};
use crate::crypto::{PublicKey, Secret};

pub use settings::Settings;
pub(in crate::provider) use settings::default_clock_skew_seconds;

/// WeChat Pay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "wechatpay",
    documentation: "https://pay.weixin.qq.com/doc/v3/merchant/4012082022",
    demonstrations: simulate::demonstrations,
};

/// WeChat Pay as one account has it; Nomad's notifications are read by the same.
#[derive(Debug)]
pub(in crate::provider) struct WeChatPay {
    merchant: Merchant,
    app_id: Option<String>,
    /// WeChat Pay's own keys, found by the serial that a request names.
    public_keys: Vec<PublicKey>,
    /// They open v3 resources; each is 32 bytes.
    v3_keys: Vec<Secret>,
    /// They open v2 messages; without one v2 is refused.
    v2_keys: Vec<Secret>,
    clock_skew_seconds: u32,
}

/// Whose refunds an account takes.
#[derive(Debug)]
enum Merchant {
    /// A merchant of its own.
    Single(String),
    /// A service provider, for all of its merchants or for some.
    Partner { sp_mchid: String, sub_mchids: Vec<String> },
}

/// Which version a body is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V3,
    V2,
}

impl Version {
    /// By the first byte that is not white space; what is neither is answered as v3.
    fn of(body: &[u8]) -> Option<Self> {
        match body.trim_ascii_start().first() {
            Some(b'{') => Some(Self::V3),
            Some(b'<') => Some(Self::V2),
            Some(_) | None => None,
        }
    }
}

impl Provider for WeChatPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        authenticate::authenticate(self, delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        normalize::normalize(authentic)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        reply::reply(delivery, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        let secrets = self.v3_keys.iter().chain(&self.v2_keys);
        self.public_keys
            .iter()
            .map(KeyDescription::from)
            .chain(secrets.map(KeyDescription::from))
            .collect()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        simulate::simulate(self, order)
    }
}
