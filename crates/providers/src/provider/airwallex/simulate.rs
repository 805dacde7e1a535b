//! Plays Airwallex: events about one refund.

use serde_json::json;
use time::Duration;

use super::{Airwallex, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, rfc3339, set};

/// Older than the widest window.
const STALE: Duration = Duration::days(30);

/// `name`, `data.object.status` and the first letters of `data.object.id`.
const WORDS: Words<(&str, &str, &str)> = Words {
    succeeded: ("refund.settled", "SETTLED", "rfd_"),
    failed: Ok(("refund.failed", "FAILED", "rfd_")),
    pending: Ok(("refund.accepted", "ACCEPTED", "rfd_")),
    canceled: Err("this provider does not cancel refunds"),
    requires_action: Err("this provider never asks the merchant to act"),
    not_a_refund: Ok(("payment_intent.succeeded", "SUCCEEDED", "int_")),
    unknown_status: ("refund.limbo", "IN_LIMBO", "rfd_"),
};

impl Simulate for Airwallex {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (name, status, prefix) = order.words(&WORDS)?;
        let now = rfc3339(order.now).replace('Z', "+0000");
        let mut event = json!({
            "id": order.id("evt_"), "name": name, "created_at": now, "version": "2022-11-11",
            "sourceId": order.id("int_"),
            "data": { "object": {
                "id": order.value(order.id(prefix), String::new()), "status": status,
                "amount": 88.5, "currency": "HKD", "request_id": order.id("refund-"),
                "payment_intent_id": order.id("int_"), "payment_attempt_id": order.id("att_"),
                "reason": "Requested by customer", "created_at": now, "updated_at": now,
            } },
        });
        if let Some(account) = self.account_ids.first() {
            for name in ["account_id", "accountId"] {
                set(&mut event, name, account);
            }
        }
        let (secrets, body) = (self.secrets.all(), event.to_string());
        order.hmac_json_aged(&wire::SIGNATURE, secrets, body, ("88.5", "885.0"), STALE)
    }
}
