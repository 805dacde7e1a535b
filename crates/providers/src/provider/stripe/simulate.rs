//! Plays Stripe: events about one refund.

use serde_json::json;

use super::{Stripe, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, set};

/// `type`, `data.object.object` and `data.object.status`.
const WORDS: Words<(&str, &str, &str)> = Words {
    succeeded: ("refund.updated", "refund", "succeeded"),
    failed: Ok(("refund.failed", "refund", "failed")),
    pending: Ok(("refund.created", "refund", "pending")),
    canceled: Ok(("refund.updated", "refund", "canceled")),
    requires_action: Ok(("refund.updated", "refund", "requires_action")),
    not_a_refund: Ok(("payment_intent.succeeded", "payment_intent", "succeeded")),
    unknown_status: ("refund.updated", "refund", "in_limbo"),
};

impl Simulate for Stripe {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (kind, object, status) = order.words(&WORDS)?;
        let now = order.now.unix_timestamp();
        let currency =
            order.currency("HKD", |code| self.exponents.named(&wire::EXPONENTS, code))?;
        let amounts = order.amounts(currency, "88.50")?;
        let mut metadata = json!({});
        match &self.merchant_order_metadata_key {
            Some(key) => set(&mut metadata, key, order.order_number("order-")),
            None => order.without_order_number()?,
        }
        if let Some(key) = &self.merchant_refund_metadata_key {
            set(&mut metadata, key, order.other_refund_number("refund-"));
        }
        let id = order.value(order.refund_number("re_"), String::new());
        let made = order.made_at(order.now).unix_timestamp();
        let event = json!({
            "id": order.id("evt_"), "object": "event", "api_version": "2024-10-28.acacia",
            "created": now, "livemode": self.livemode, "type": kind,
            "data": { "object": {
                "id": id, "object": object, "status": status, "created": made,
                "amount": amounts.refund.minor(), "metadata": metadata,
                "currency": amounts.code().to_ascii_lowercase(),
                "payment_intent": order.payment_number("pi_"), "reason": "requested_by_customer",
            } },
        });
        let altered = amounts.altered("amount");
        order.hmac_json(&wire::SIGNATURE, self.secrets.all(), event.to_string(), altered)
    }
}
