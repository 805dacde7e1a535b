//! v2: XML without a signature. Nothing but successful decryption speaks for it, so everything
//! that can be demanded is demanded, and what comes of it is marked `decrypted`.
//!
//! <https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/pay/H5Payment/chapter8_8.shtml>.

use data_encoding::BASE64;

use super::WeChatPay;
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::cipher::open_md5_ecb;
use crate::wire::xml::{Elements, XmlError};

/// The outer elements that are read.
const OUTER: [&str; 6] = ["return_code", "appid", "mch_id", "sub_mch_id", "req_info", "sub_appid"];

/// The inner elements that must be there. ECB has no integrity: where one is missing, blocks may
/// have been cut out.
const REQUIRED: [&str; 7] = [
    "transaction_id",
    "out_trade_no",
    "refund_id",
    "out_refund_no",
    "total_fee",
    "refund_fee",
    "refund_status",
];

/// The name of the inner document's root.
pub(super) const ROOT: &str = "root";

pub(super) fn authenticate<'d>(
    account: &WeChatPay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, Refusal> {
    if account.v2_keys.is_empty() {
        return Err(Refusal::NotEnabled);
    }
    let outer = Elements::from_bytes(delivery.body, "xml").map_err(|_| Refusal::MalformedBody)?;
    if outer.repeats(&OUTER) {
        return Err(Refusal::RepeatedName);
    }
    let req_info = match (outer.get("return_code"), outer.get("req_info")) {
        (Some("SUCCESS"), Some(req_info)) => req_info,
        // Anything else is a transport error, which no notification is.
        (_, _) => return Err(Refusal::MalformedBody),
    };
    let mch_id = outer.get("mch_id");
    account.merchant.require(mch_id, mch_id, outer.get("sub_mch_id"))?;
    if account.app_id.is_some() && account.app_id.as_deref() != outer.get("appid") {
        return Err(Refusal::WrongAccount);
    }
    let (proof, plaintext) = open(account, req_info)?;
    // Our key opened it, and inside is what WeChat Pay itself warned of.
    let inner = Elements::from_bytes(&plaintext, ROOT).map_err(|_| Refusal::MalformedBody)?;
    let mut names: Vec<&str> = inner.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [left, right] if left == right)) {
        return Err(Refusal::RepeatedName);
    }
    if !REQUIRED.iter().all(|name| inner.get(name).is_some_and(|text| !text.is_empty())) {
        return Err(Refusal::MalformedBody);
    }
    Ok(Authentic::enveloped(proof, delivery.body, plaintext))
}

fn open(account: &WeChatPay, req_info: &str) -> Result<(crate::crypto::Proof, Vec<u8>), Refusal> {
    let base64: String = req_info.split_ascii_whitespace().collect();
    let ciphertext = BASE64.decode(base64.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
    if ciphertext.is_empty() || ciphertext.len() % 16 != 0 {
        return Err(Refusal::SignatureMalformed);
    }
    // A plaintext of another key is no document at all; one that does what it must not is ours.
    let reads = |plaintext: &[u8]| match Elements::from_bytes(plaintext, ROOT) {
        Ok(_) | Err(XmlError::Forbidden) => true,
        Err(XmlError::NotADocument) => false,
    };
    open_md5_ecb(&account.v2_keys, &ciphertext, reads).ok_or(Refusal::SignatureMismatch)
}
