//! Plays Xendit: events about one refund.

use serde_json::json;

use super::settings::IdentifiedBy;
use super::{Xendit, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words, rfc3339};

/// `event` and `data.status`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("refund.succeeded", "SUCCEEDED"),
    failed: Ok(("refund.failed", "FAILED")),
    pending: Ok(("refund.pending", "PENDING")),
    canceled: Ok(("refund.cancelled", "CANCELLED")),
    requires_action: Err("Xendit never asks the merchant to act"),
    not_a_refund: Ok(("payment.capture", "SUCCEEDED")),
    unknown_status: ("refund.updated", "IN_LIMBO"),
};

impl Simulate for Xendit {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (event, status) = order.words(&WORDS)?;
        let at = rfc3339(order.signed_at(STALE_WITHOUT_WINDOW));
        order.without_order_number()?;
        let currency =
            order.currency("IDR", |code| self.exponents.named(&wire::EXPONENTS, code))?;
        let amounts = order.amounts(currency, "8850")?;
        let (id, reference) = match self.identity {
            IdentifiedBy::Id => {
                (order.refund_number("rfd-"), order.other_refund_number("reference-"))
            }
            IdentifiedBy::ReferenceId => {
                (order.other_refund_number("rfd-"), order.refund_number("reference-"))
            }
        };
        let made = rfc3339(order.made_at(order.signed_at(STALE_WITHOUT_WINDOW)));
        let body = json!({
            "event": event, "created": at,
            "business_id": self.business_ids.first().unwrap_or("business-simulated"),
            "data": {
                "id": order.value(id, String::new()), "status": status,
                "reference_id": reference, "payment_request_id": order.payment_number("pr-"),
                "invoice_id": null, "payment_method_type": "EWALLET", "channel_code": "OVO",
                "amount": amounts.refund.to_string(), "currency": amounts.code(), "reason": "REQUESTED_BY_CUSTOMER",
                "failure_code": null, "metadata": {}, "created": made, "updated": at,
            },
        });
        let tokens = self.callback_tokens.all();
        let body = amounts.as_number(body.to_string(), "amount");
        let altered = amounts.altered_major_number("amount");
        order.token_json(wire::TOKEN_HEADER, tokens, body, altered)
    }
}
