//! Plays Alipay: trade notifications that contain a refund.

use super::Alipay;
use super::wire::{OFFSET, SIGN, SIGN_TYPE, currency};
use crate::contract::Simulate;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Wording, Words};
use crate::wire::form::Pairs;
use crate::wire::{percent, times};

const SUCCESSES_ONLY: Wording<&str> = Err("Alipay reports only refunds that succeeded");

const WORDS: Words<&str> = Words {
    succeeded: "TRADE_SUCCESS",
    failed: SUCCESSES_ONLY,
    pending: SUCCESSES_ONLY,
    canceled: SUCCESSES_ONLY,
    requires_action: SUCCESSES_ONLY,
    not_a_refund: Ok("TRADE_SUCCESS"),
    unknown_status: "TRADE_LIMBO",
};

impl Simulate for Alipay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let word = order.words(&WORDS)?;
        let at = times::write_local(order.signed_at(STALE_WITHOUT_WINDOW), OFFSET);
        let amounts = order.amounts(order.only_currency(currency().value())?, "88.50")?;
        let seller_id = self.seller_id.clone().unwrap_or_else(|| "2088000000000001".to_owned());
        let mut parameters = vec![
            ("notify_id", order.id("2026")),
            ("notify_type", "trade_status_sync".to_owned()),
            ("notify_time", at.clone()),
            ("charset", "utf-8".to_owned()),
            ("version", "1.0".to_owned()),
            ("app_id", self.app_id.clone()),
            ("seller_id", seller_id),
            ("trade_no", order.value(order.payment_number("20260101220014"), String::new())),
            ("out_trade_no", order.order_number("order-")),
            ("subject", "测试商品 a+b & 50%".to_owned()),
            ("total_amount", amounts.order.to_string()),
            ("trade_status", word.to_owned()),
            (SIGN_TYPE, "RSA2".to_owned()),
        ];
        if !order.is(Scenario::NotARefund) {
            parameters.push(("out_biz_no", order.refund_number("refund-")));
            parameters.push(("gmt_refund", format!("{at}.320")));
            parameters.push(("refund_fee", amounts.refunded.to_string()));
        }
        let unsigned = percent::encode_form(&parameters);
        let text = Pairs::from_bytes(unsigned.as_bytes())
            .map(|pairs| pairs.signed_text(&[SIGN, SIGN_TYPE], true))
            .unwrap_or_default();
        parameters.push((SIGN, order.rsa_signature(&text)?));
        let (fee, altered) = (&amounts.refunded, &amounts.altered);
        let (from, to) = (format!("refund_fee={fee}"), format!("refund_fee={altered}"));
        let body = order.tampered(percent::encode_form(&parameters), &from, &to);
        Ok(Simulated::new("application/x-www-form-urlencoded; charset=utf-8", body))
    }
}
