//! Plays Stripe: events about one refund.

use serde_json::json;

use super::{Stripe, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::Words;

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
        let event = json!({
            "id": order.id("evt_"), "object": "event", "api_version": "2024-10-28.acacia",
            "created": now, "livemode": self.livemode, "type": kind,
            "data": { "object": {
                "id": order.value(order.id("re_"), String::new()), "object": object, "status": status, "created": now,
                "amount": 8850, "currency": "hkd",
                "payment_intent": order.id("pi_"), "reason": "requested_by_customer",
            } },
        });
        order.hmac_json(&wire::SIGNATURE, self.secrets.all(), event.to_string(), ("8850", "885000"))
    }
}
