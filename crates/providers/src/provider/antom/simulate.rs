//! Plays Antom.

use serde_json::json;

use super::Antom;
use crate::contract::Simulate;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words, rfc3339};
use crate::refund::Currency;
use crate::wire::percent;

/// `notifyType` and `refundStatus`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("REFUND_RESULT", "SUCCESS"),
    failed: Ok(("REFUND_RESULT", "FAIL")),
    pending: Err("Antom sends final results only"),
    canceled: Err("Antom has no canceled refund"),
    requires_action: Err("Antom never asks the merchant to act"),
    not_a_refund: Ok(("PAYMENT_RESULT", "SUCCESS")),
    unknown_status: ("REFUND_RESULT", "LIMBO"),
};

impl Simulate for Antom {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (notify_type, status) = order.words(&WORDS)?;
        let at = rfc3339(order.signed_at(STALE_WITHOUT_WINDOW));
        let (code, result, text) = match order.is(Scenario::Failed) {
            true => ("REFUND_NOT_SUPPORTED", "F", "refund not supported"),
            false => ("SUCCESS", "S", "success"),
        };
        order.without_order_number()?;
        let currency = order.currency("USD", Currency::iso)?;
        let amounts = order.amounts(currency, "88.50")?;
        let body = json!({
            "notifyType": notify_type,
            "result": { "resultCode": code, "resultStatus": result, "resultMessage": text },
            "refundStatus": status,
            "refundRequestId": order.value(order.refund_number("refund-"), String::new()),
            "refundId": order.other_refund_number("20210"),
            "paymentId": order.payment_number("20190"),
            "refundAmount": {
                "currency": amounts.code(), "value": amounts.refund.minor().to_string(),
            },
            "refundTime": at,
        })
        .to_string();
        let path = self.external_path.as_deref().unwrap_or(order.path);
        let message = format!("POST {path}\n{}.{at}.{body}", self.client_id);
        let signature = percent::encode(order.rsa_signature(message.as_bytes())?.as_bytes());
        let version = self.public_keys.first().map(|key| key.id().to_string()).unwrap_or_default();
        let signature = format!("algorithm=RSA256, keyVersion={version}, signature={signature}");
        let (from, to) = amounts.altered_minor_text("value");
        let body = order.tampered(body, &from, &to);
        Ok(Simulated::new("application/json; charset=UTF-8", body).with_headers([
            ("client-id", self.client_id.clone()),
            ("request-time", at),
            ("signature", signature),
        ]))
    }
}
