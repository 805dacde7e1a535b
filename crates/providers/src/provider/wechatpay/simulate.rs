//! Plays WeChat Pay: v3 notifications, signed and encrypted. An account without v3 keys gets v2.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::wire::MAINLAND;
use super::{Merchant, WeChatPay};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::crypto::cipher::{NONCE_BYTES, seal_gcm};
use crate::crypto::rsa::SigningError;
use crate::kit::simulation::{STALE, Words, rfc3339, set};
use crate::refund::Currency;

/// `event_type` and `refund_status`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("REFUND.SUCCESS", "SUCCESS"),
    failed: Err("WeChat Pay closes a refund (canceled) or asks the merchant to act"),
    pending: Ok(("REFUND.PROCESSING", "PROCESSING")),
    canceled: Ok(("REFUND.CLOSED", "CLOSED")),
    requires_action: Ok(("REFUND.ABNORMAL", "ABNORMAL")),
    not_a_refund: Ok(("TRANSACTION.SUCCESS", "SUCCESS")),
    unknown_status: ("REFUND.SUCCESS", "LIMBO"),
};

impl Simulate for WeChatPay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        if self.v3_keys.is_empty() {
            return self.simulate_v2(order);
        }
        let (event_type, status) = order.words(&WORDS)?;
        let body = self.envelope(order, event_type, &self.refund(order, status)?.to_string())?;
        let timestamp = order.signed_at(STALE).unix_timestamp().to_string();
        let nonce = order.id("nonce");
        let signed = order.tampered(body.clone(), "encrypt-resource", "encrypt-resources");
        let signature =
            order.rsa_signature(format!("{timestamp}\n{nonce}\n{signed}\n").as_bytes())?;
        let serial = self.public_keys.first().map(|key| key.id().to_string()).unwrap_or_default();
        Ok(Simulated::json(body).with_headers([
            ("wechatpay-timestamp", timestamp),
            ("wechatpay-nonce", nonce),
            ("wechatpay-serial", serial),
            ("wechatpay-signature", signature),
            ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048".to_owned()),
        ]))
    }
}

impl WeChatPay {
    fn refund(&self, order: &SimulationOrder<'_>, status: &str) -> Result<Value, SimulationError> {
        let amounts = order.amounts(order.currency(MAINLAND, Currency::iso)?, "88.50")?;
        let (total, refund_amount) = (amounts.order.minor(), amounts.refund.minor());
        let mut refund = json!({
            "transaction_id": order.payment_number("42000"),
            "out_trade_no": order.order_number("order-"),
            "refund_id": order.other_refund_number("50300"),
            "out_refund_no": order.value(order.refund_number("refund-"), String::new()),
            "refund_status": status,
            "user_received_account": "招商银行信用卡0403",
            "amount": {
                "total": total, "refund": refund_amount,
                "payer_total": total, "payer_refund": refund_amount,
            },
        });
        // Mainland amounts name no currency.
        if let Some(amount) = refund.get_mut("amount").filter(|_| amounts.code() != MAINLAND) {
            set(amount, "currency", amounts.code());
        }
        match &self.merchant {
            Merchant::Single(mchid) => set(&mut refund, "mchid", mchid.as_str()),
            Merchant::Partner { sp_mchid, sub_mchids } => {
                let sub_mchid = sub_mchids.first().map_or("1900000109", String::as_str);
                set(&mut refund, "sp_mchid", sp_mchid.as_str());
                set(&mut refund, "sub_mchid", sub_mchid);
            }
        }
        if status == "SUCCESS" {
            set(&mut refund, "success_time", rfc3339(order.now));
        }
        Ok(refund)
    }

    fn envelope(
        &self,
        order: &SimulationOrder<'_>,
        event_type: &str,
        plaintext: &str,
    ) -> Result<String, SigningError> {
        let mut nonce = *b"000000000000";
        for (place, byte) in nonce.iter_mut().zip(order.serial.bytes().take(NONCE_BYTES)) {
            *place = byte;
        }
        let key = self.v3_keys.first().ok_or(SigningError::Library)?;
        let ciphertext = seal_gcm(key, &nonce, b"refund", plaintext.as_bytes());
        let ciphertext = ciphertext.ok_or(SigningError::Library)?;
        Ok(json!({
            "id": order.id("EV-"),
            "create_time": rfc3339(order.now),
            "event_type": event_type,
            "summary": "退款",
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "original_type": "refund",
                "ciphertext": BASE64.encode(&ciphertext),
                "nonce": String::from_utf8_lossy(&nonce),
                "associated_data": "refund",
            },
        })
        .to_string())
    }
}
