//! Plays Razorpay: events about one refund.

use serde_json::json;

use super::{Razorpay, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, set};

/// `event`, and `status` of the refund, if the event has one.
const WORDS: Words<(&str, Option<&str>)> = Words {
    succeeded: ("refund.processed", Some("processed")),
    failed: Ok(("refund.failed", Some("failed"))),
    pending: Ok(("refund.created", Some("pending"))),
    canceled: Err("Razorpay has no word for a refund that was withdrawn"),
    requires_action: Err("Razorpay never asks the merchant to act"),
    not_a_refund: Ok(("payment.captured", None)),
    unknown_status: ("refund.processed", Some("in_limbo")),
};

impl Simulate for Razorpay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (event, status) = order.words(&WORDS)?;
        let (now, payment) = (order.now.unix_timestamp(), order.id("pay_"));
        let account = self.account_ids.first().unwrap_or("acc_simulated");
        let mut payload = json!({ "payment": { "entity": {
            "id": payment, "entity": "payment", "amount": 18_800, "currency": "MYR",
            "status": "captured", "order_id": order.id("order_"), "method": "fpx",
            "captured": true, "amount_refunded": if status.is_some() { 8850 } else { 0 },
            "email": "payer@example.invalid", "notes": [], "created_at": now,
        } } });
        if let Some(status) = status {
            let refund = json!({ "entity": {
                "id": order.value(order.id("rfnd_"), String::new()), "entity": "refund",
                "amount": 8850, "currency": "MYR", "payment_id": payment, "notes": [],
                "receipt": order.id("receipt-"), "acquirer_data": [], "created_at": now,
                "status": status, "speed_requested": "normal", "speed_processed": "normal",
            } });
            set(&mut payload, "refund", refund);
        }
        let contains: Vec<&String> =
            payload.as_object().into_iter().flatten().map(|it| it.0).collect();
        let body = json!({
            "entity": "event", "account_id": account, "event": event, "contains": contains,
            "payload": payload, "created_at": now,
        });
        order.hmac_json(&wire::SIGNATURE, self.secrets.all(), body.to_string(), ("8850", "885000"))
    }
}
