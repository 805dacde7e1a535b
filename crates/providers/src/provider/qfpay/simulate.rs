//! Plays QFPay: notifications about one refund.

use data_encoding::HEXUPPER;
use serde_json::json;

use super::{QfPay, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::crypto::hash::secret_last_md5;
use crate::kit::exponents::ExponentTable;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words};
use crate::wire::times;

/// `notify_type` and `respcd`. QFPay documents only `0000` in notifications; `failed`, `pending` and
/// `unknown_status` show what would become of other codes.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("refund", "0000"),
    failed: Ok(("refund", "1264")),
    pending: Ok(("refund", "1143")),
    canceled: Err("QFPay documents no canceled refund"),
    requires_action: Err("QFPay never asks the merchant to act"),
    not_a_refund: Ok(("payment", "0000")),
    unknown_status: ("refund", "LIMBO"),
};

impl Simulate for QfPay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (kind, word) = order.words(&WORDS)?;
        let at = times::write_local(order.signed_at(STALE_WITHOUT_WINDOW), self.offset);
        let iso = |code: &str| self.exponents.named(&ExponentTable::ISO_4217, code);
        let amounts = order.amounts(order.currency("HKD", iso)?, "88.50")?;
        let made = order.made_at(order.signed_at(STALE_WITHOUT_WINDOW));
        let made = times::write_local(made, self.offset);
        // An account without a list takes any merchant.
        let mchid = self.mchids.first().unwrap_or("eqqmYMn0Zj");
        let body = json!({
            "mchid": mchid,
            "notify_type": kind, "respcd": word,
            "txamt": amounts.refund.minor().to_string(), "txcurrcd": amounts.code(),
            "out_trade_no": order.value(order.refund_number("refund-"), String::new()),
            "syssn": order.other_refund_number("20260"),
            "orig_out_trade_no": order.order_number("order-"),
            "orig_syssn": order.payment_number("20259"), "txdtm": made, "sysdtm": at,
        });
        let (body, secret) = (body.to_string(), order.secret(&self.secrets)?);
        let signature = HEXUPPER.encode(&secret_last_md5(&secret, body.as_bytes()));
        let (from, to) = amounts.altered_minor_text("txamt");
        let body = order.tampered(body, &from, &to);
        Ok(Simulated::json(body).with_headers([(wire::SIGNATURE_HEADER, signature)]))
    }
}
