//! WeChat Pay, v3 and v2, mainland and global, merchant and partner, on one route.
//!
//! A v3 merchant still receives v2 XML for refunds made by hand on the merchant platform. So the
//! first byte that is not white space decides: `{` is v3, `<` is v2. Neither path accepts the
//! other's body. Follows <https://pay.weixin.qq.com/doc/v3/merchant/4012082022> (v3) and
//! <https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/pay/H5Payment/chapter8_8.shtml> (v2).
//! `docs/providers/wechatpay.md` says what is documented and what we infer.

mod authenticate;
mod explain;
mod normalize;
pub(in crate::provider) mod reply;
mod settings;
mod simulate;
mod simulate_v2;
mod v2;
mod v3;
pub(in crate::provider) mod wire;

use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::cipher::KEY_BYTES;
use crate::crypto::{PublicKey, Secret};
use crate::kit::freshness::Window;
use crate::wire::byte_order_mark;

pub use settings::Settings;

/// WeChat Pay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "wechatpay",
    documentation: "https://pay.weixin.qq.com/doc/v3/merchant/4012082022",
    has_window: true,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    // An APIv3 key has 32 characters; a token has any length.
    let filled = token.bytes().rev().chain(std::iter::repeat(b'0'));
    let v3_key: String = filled.take(KEY_BYTES).map(char::from).collect();
    let mchid = "mchid = \"1900000109\"\n";
    let v3 = Demonstration::new(
        "wechatpay v3",
        Authentication::RsaAndAesGcm,
        "demo-wechatpay",
        &format!("{mchid}api_v3_keys = [\"{v3_key}\"]\napi_v2_keys = [\"{token}\"]\n"),
    );
    let v2 = Demonstration::new(
        "wechatpay v2",
        Authentication::AesEcb,
        "demo-wechatpay-v2",
        &format!("{mchid}api_v2_keys = [\"{token}\"]\n"),
    );
    Ok(vec![v3.with_signing_key("PUB_KEY_ID_DEMO")?, v2.with_sample_body("<xml/>")])
}

/// WeChat Pay with the settings of one account. Nomad's accounts in mode `wechatpay` are the same.
#[derive(Debug)]
pub struct WeChatPay {
    merchant: Merchant,
    app_id: Option<String>,
    /// WeChat Pay's own keys. A request names one of them by its serial.
    public_keys: Vec<PublicKey>,
    /// The keys that open v3 resources. Each has 32 bytes. Without a key, v3 is refused.
    v3_keys: Vec<Secret>,
    /// The keys that open v2 messages. Without a key, v2 is refused.
    v2_keys: Vec<Secret>,
    window: Window,
}

/// The merchants whose refunds an account takes.
#[derive(Debug)]
enum Merchant {
    /// One merchant.
    Single(String),
    /// A service provider, with some or all of its merchants. An empty list means all.
    Partner { sp_mchid: String, sub_mchids: Vec<String> },
}

/// The version of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V3,
    V2,
}

impl Version {
    /// Returns the version by the first byte that is neither part of a byte order mark nor white
    /// space.
    fn of(body: &[u8]) -> Option<Self> {
        match byte_order_mark::skip(body).trim_ascii_start().first() {
            Some(b'{') => Some(Self::V3),
            Some(b'<') => Some(Self::V2),
            Some(_) | None => None,
        }
    }
}

impl Keys for WeChatPay {
    fn keys(&self) -> Vec<KeyDescription> {
        let mut keys = KeyDescription::all(&self.public_keys);
        keys.extend(KeyDescription::all(self.v3_keys.iter().chain(&self.v2_keys)));
        keys
    }
}
