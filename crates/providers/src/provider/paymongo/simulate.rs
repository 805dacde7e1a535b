//! Plays PayMongo: events about one refund.

use serde_json::json;

use super::{PayMongo, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words};
use crate::refund::Currency;

/// The event's `type`, the resource's `type` and its `status`.
const WORDS: Words<(&str, &str, &str)> = Words {
    succeeded: ("payment.refund.updated", "refund", "succeeded"),
    failed: Ok(("payment.refund.updated", "refund", "failed")),
    pending: Ok(("payment.refund.updated", "refund", "pending")),
    canceled: Err("PayMongo has no word for a refund that was withdrawn"),
    requires_action: Err("PayMongo never asks the merchant to act"),
    not_a_refund: Ok(("payment.paid", "payment", "paid")),
    unknown_status: ("payment.refund.updated", "refund", "in_limbo"),
};

impl Simulate for PayMongo {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (kind, resource, status) = order.words(&WORDS)?;
        let (now, livemode) = (order.now.unix_timestamp(), self.livemode);
        let id = order.refund_number(if resource == "refund" { "ref_" } else { "pay_" });
        order.without_order_number()?;
        let amounts = order.amounts(order.currency(wire::CURRENCY, Currency::iso)?, "88.50")?;
        let made = order.made_at(order.now).unix_timestamp();
        let event = json!({ "data": { "id": order.id("evt_"), "type": "event", "attributes": {
            "type": kind, "livemode": livemode,
            "data": { "id": order.value(id, String::new()), "type": resource, "attributes": {
                "amount": amounts.refund.minor(), "currency": amounts.code(), "livemode": livemode, "status": status,
                "payment_id": order.payment_number("pay_"), "reason": "requested_by_customer",
                "notes": null, "metadata": null, "created_at": made, "updated_at": now,
            } },
            "previous_data": {}, "pending_webhooks": 1, "created_at": now, "updated_at": now,
        } } });
        let (rule, change) = (wire::signature(livemode), amounts.altered("amount"));
        let (body, age) = (event.to_string(), STALE_WITHOUT_WINDOW);
        order.hmac_json_aged(&rule, self.secrets.all(), body, change, age)
    }
}
