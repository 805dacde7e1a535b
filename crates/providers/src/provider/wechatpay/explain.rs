//! What WeChat Pay signs in v3. In v2 it signs nothing.

use super::v3::{find_key, signed_text};
use super::{Version, WeChatPay};
use crate::contract::{Delivery, Explain, Explanation, KeyDescription, Signed};
use crate::kit::headers::signed_header;
use crate::wire::times;

impl Explain for WeChatPay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        match Version::of(delivery.body) {
            Some(Version::V2) => {
                let required = "nothing is signed: a v2 key of the account must decrypt `req_info`";
                let keys = KeyDescription::all(&self.v2_keys);
                Explanation::new(keys, Signed::Nothing(required))
            }
            Some(Version::V3) | None => self.explain_v3(delivery),
        }
    }
}

impl WeChatPay {
    fn explain_v3(&self, delivery: &Delivery<'_>) -> Explanation {
        let header = |name| signed_header(delivery.headers, name).ok();
        let (timestamp, nonce) = (header("wechatpay-timestamp"), header("wechatpay-nonce"));
        let serial = header("wechatpay-serial");
        let key = serial.and_then(|serial| find_key(&self.public_keys, serial));
        let text =
            timestamp.zip(nonce).map(|(time, nonce)| signed_text(time, nonce, delivery.body));
        let rule = "RSA with SHA-256 over the lines timestamp, nonce and body";
        let explained = Explanation::new(KeyDescription::all(key), Signed::text(rule, text));
        let opening = KeyDescription::all(&self.v3_keys);
        Explanation {
            decryption_keys: opening.into_iter().map(|key| key.key_id).collect(),
            ..explained.naming(serial).at(timestamp.and_then(times::read_unix_seconds))
        }
    }
}
