//! Plays Airwallex: events about one refund.

use serde_json::json;
use time::Duration;

use super::settings::Identifier;
use super::{Airwallex, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, rfc3339, set};
use crate::refund::Currency;

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
        let currency = order.currency("HKD", Currency::iso)?;
        let amounts = order.amounts(currency, "88.50")?;
        if self.merchant_order_metadata_key.is_none() {
            order.without_order_number()?;
        }
        let (id, request_id) = match self.identity {
            Identifier::Id => (order.refund_number(prefix), order.other_refund_number("refund-")),
            Identifier::RequestId => {
                (order.other_refund_number(prefix), order.refund_number("refund-"))
            }
        };
        let now = rfc3339(order.now).replace('Z', "+0000");
        let made = rfc3339(order.made_at(order.now)).replace('Z', "+0000");
        let mut event = json!({
            "id": order.id("evt_"), "name": name, "created_at": now, "version": "2022-11-11",
            "sourceId": order.payment_number("int_"),
            "data": { "object": {
                "id": order.value(id, String::new()), "status": status,
                "amount": amounts.refund.to_string(), "currency": amounts.code(),
                "request_id": request_id,
                "payment_intent_id": order.payment_number("int_"), "payment_attempt_id": order.id("att_"),
                "reason": "Requested by customer", "created_at": made, "updated_at": now,
            } },
        });
        if let (Some(key), Some(object)) =
            (&self.merchant_order_metadata_key, event.pointer_mut("/data/object"))
        {
            set(object, "metadata", json!({ key: order.order_number("order-") }));
        }
        if let Some(account) = self.account_ids.first() {
            for name in ["account_id", "accountId"] {
                set(&mut event, name, account);
            }
        }
        let (secrets, body) = (self.secrets.all(), amounts.as_number(event.to_string(), "amount"));
        let altered = amounts.altered_major_number("amount");
        order.hmac_json_aged(&wire::SIGNATURE, secrets, body, altered, STALE)
    }
}
