//! v2: XML without a signature. Only successful decryption proves it, so authentication requires
//! every documented element, and the events have the grade `decrypted`.
//!
//! <https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/pay/H5Payment/chapter8_8.shtml>.

use data_encoding::BASE64;

use super::WeChatPay;
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::Proof;
use crate::crypto::cipher::{BLOCK_BYTES, open_md5_ecb};
use crate::wire::xml::{Elements, XmlError};

/// The outer elements that are read.
const OUTER: [&str; 6] = ["return_code", "appid", "mch_id", "sub_mch_id", "req_info", "sub_appid"];

/// The required inner elements. ECB has no integrity: if one is missing, a forger may have cut out
/// blocks.
const REQUIRED: [&str; 7] = [
    "transaction_id",
    "out_trade_no",
    "refund_id",
    "out_refund_no",
    "total_fee",
    "refund_fee",
    "refund_status",
];

/// The root of the outer document.
pub(super) const OUTER_ROOT: &str = "xml";

/// The root of the inner document.
pub(super) const ROOT: &str = "root";

impl WeChatPay {
    /// Authenticates a v2 message.
    pub(super) fn authenticate_v2<'d>(
        &self,
        delivery: &Delivery<'d>,
    ) -> Result<Authentic<'d>, Refusal> {
        if self.v2_keys.is_empty() {
            return Err(Refusal::NotEnabled);
        }
        let outer =
            Elements::from_bytes(delivery.body, OUTER_ROOT).map_err(|_| Refusal::MalformedBody)?;
        if outer.has_repeats_of(&OUTER) {
            return Err(Refusal::RepeatedName);
        }
        let req_info = match (outer.get("return_code"), outer.get("req_info")) {
            (Some("SUCCESS"), Some(req_info)) => req_info,
            // Anything else reports a transport error, which a notification never does.
            (_, _) => return Err(Refusal::MalformedBody),
        };
        let mch_id = outer.get("mch_id");
        self.merchant.require(mch_id, mch_id)?;
        if self.app_id.is_some() && self.app_id.as_deref() != outer.get("appid") {
            return Err(Refusal::WrongAccount);
        }
        let (proof, plaintext) = self.open(req_info)?;
        // The key fits. A forbidden feature of XML inside is the attack that WeChat Pay warns of.
        let inner = Elements::from_bytes(&plaintext, ROOT).map_err(|_| Refusal::MalformedBody)?;
        if inner.has_repeats() {
            return Err(Refusal::RepeatedName);
        }
        if !REQUIRED.iter().all(|name| inner.get(name).is_some_and(|text| !text.is_empty())) {
            return Err(Refusal::MalformedBody);
        }
        Ok(Authentic::enveloped(proof, delivery.body, plaintext))
    }

    fn open(&self, req_info: &str) -> Result<(Proof, Vec<u8>), Refusal> {
        let base64: String = req_info.split_ascii_whitespace().collect();
        let ciphertext =
            BASE64.decode(base64.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
            return Err(Refusal::SignatureMalformed);
        }
        // Another key gives a plaintext that is not XML. Forbidden XML shows that the key fits.
        let reads = |plaintext: &[u8]| match Elements::from_bytes(plaintext, ROOT) {
            Ok(_) | Err(XmlError::Forbidden) => true,
            Err(XmlError::NotADocument) => false,
        };
        open_md5_ecb(&self.v2_keys, &ciphertext, reads).ok_or(Refusal::SignatureMismatch)
    }
}
