//! Plays eftPay: notifications in the form of the web scene.

use serde_json::json;

use super::EftPay;
use super::wire::{OFFSET, SIGN};
use crate::contract::Simulate;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::crypto::hash::secret_first_sha256;
use crate::crypto::rsa::SigningError;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words, set};
use crate::refund::Currency;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::Members;
use crate::wire::times;

/// `trade_type` and `trade_status`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("REFUND", "TRADE_REFUND"),
    failed: Ok(("REFUND", "TRADE_FAIL")),
    pending: Ok(("REFUND", "TRADE_PROCESSING")),
    canceled: Err("eftPay documents no canceled refund"),
    requires_action: Err("eftPay never asks the merchant to act"),
    not_a_refund: Ok(("SALE", "TRADE_SUCCESS")),
    unknown_status: ("REFUND", "TRADE_LIMBO"),
};

impl Simulate for EftPay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (trade_type, word) = order.words(&WORDS)?;
        let signed_at = order.signed_at(STALE_WITHOUT_WINDOW);
        let currency = order.currency("HKD", Currency::iso)?;
        let amounts = order.amounts(currency, "88.50")?;
        let mut body = json!({
            "notify_type": "trade_status_sync",
            "trade_type": trade_type,
            "user_confirm_key": self.user_confirm_key,
            "transaction_id": order.payment_number("42000"),
            "out_trade_no": order.order_number("order-"),
            "eftpay_trade_no": order.id("18520"),
            "total_fee": amounts.order.to_string(),
            "return_amount": amounts.refund.to_string(),
            "currency": amounts.code(),
            "refund_no": order.value(order.refund_number("refund-"), String::new()),
            "trade_status": word,
            "gmt_payment": times::write_local(signed_at, OFFSET),
            "wallet": "ALIPAYHK",
            "time": times::write_digits(signed_at, OFFSET),
        });
        if order.is(Scenario::Failed) {
            set(&mut body, "rejectReason", "card not present");
        }
        let secret = order.secret(&self.secrets)?;
        let text = body.to_string();
        let members = Members::from_text(&text).map_err(|_| SigningError::Library)?;
        let canonical = canonical::text(&members, SIGN, EmptyMembers::LeftOut);
        set(&mut body, SIGN, secret_first_sha256(&secret, &canonical));
        let (from, to) = amounts.altered_major_text("return_amount");
        Ok(Simulated::json(order.tampered(body.to_string(), &from, &to)))
    }
}
