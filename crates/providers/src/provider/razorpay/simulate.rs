//! Plays Razorpay: events about one refund.

use serde_json::json;

use super::settings::IdentifiedBy;
use super::{Razorpay, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, set};
use crate::refund::Currency;

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
        let (now, payment) = (order.now.unix_timestamp(), order.payment_number("pay_"));
        let amounts = order.amounts(order.currency("MYR", Currency::iso)?, "88.50")?;
        let (id, receipt) = match self.identity {
            IdentifiedBy::Id => {
                (order.refund_number("rfnd_"), order.other_refund_number("receipt-"))
            }
            IdentifiedBy::Receipt => {
                (order.other_refund_number("rfnd_"), order.refund_number("receipt-"))
            }
        };
        let notes = match &self.merchant_order_id_note {
            Some(note) => json!({ note: order.order_number("order-") }),
            None => {
                order.without_order_number()?;
                json!([])
            }
        };
        let refunded = if status.is_some() { amounts.refunded.minor() } else { 0 };
        let account = self.account_ids.first().unwrap_or("acc_simulated");
        let made = order.made_at(order.now).unix_timestamp();
        let mut payload = json!({ "payment": { "entity": {
            "id": payment, "entity": "payment", "amount": amounts.order.minor(),
            "currency": amounts.code(),
            "status": "captured", "order_id": order.id("order_"), "method": "fpx",
            "captured": true, "amount_refunded": refunded,
            "email": "payer@example.invalid", "notes": notes, "created_at": now,
        } } });
        if let Some(status) = status {
            let refund = json!({ "entity": {
                "id": order.value(id, String::new()), "entity": "refund",
                "amount": amounts.refund.minor(), "currency": amounts.code(), "payment_id": payment, "notes": [],
                "receipt": receipt, "acquirer_data": [], "created_at": made,
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
        let altered = amounts.altered("amount");
        order.hmac_json(&wire::SIGNATURE, self.secrets.all(), body.to_string(), altered)
    }
}
