//! Plays Checkout.com: events about one refund action.

use serde_json::json;

use super::settings::ReferenceIs;
use super::{Checkout, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::crypto::credential::present;
use crate::kit::simulation::{Words, rfc3339};

/// `type` and `data.response_code`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("payment_refunded", wire::APPROVED),
    failed: Ok(("payment_refund_declined", "20005")),
    pending: Ok(("payment_refund_pending", wire::APPROVED)),
    canceled: Err("a refund at this provider cannot be cancelled"),
    requires_action: Err("this provider never asks the merchant to act"),
    not_a_refund: Ok(("payment_captured", wire::APPROVED)),
    unknown_status: ("payment_refund_in_limbo", wire::APPROVED),
};

impl Simulate for Checkout {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (kind, code) = order.words(&WORDS)?;
        let summary = if code == wire::APPROVED { "Approved" } else { "Declined - Do Not Honour" };
        let now = rfc3339(order.now);
        let currency =
            order.currency("HKD", |code| self.exponents.named(&wire::EXPONENTS, code))?;
        let amounts = order.amounts(currency, "88.50")?;
        let id = order.value(order.refund_number("act_"), String::new());
        let reference = match self.reference_is {
            ReferenceIs::Order => order.order_number("ORDER-"),
            ReferenceIs::Refund => order.other_refund_number("refund-"),
        };
        let metadata = match (&self.merchant_order_metadata_key, self.reference_is) {
            (Some(key), _) => json!({ key: order.order_number("ORDER-") }),
            (None, ReferenceIs::Order) => json!({}),
            (None, ReferenceIs::Refund) => {
                order.without_order_number()?;
                json!({})
            }
        };
        let event = json!({
            "id": order.id("evt_"), "type": kind, "version": "1.0.29", "created_on": now,
            "data": {
                "id": order.payment_number("pay_"), "action_id": id,
                "reference": reference, "metadata": metadata,
                "amount": amounts.refund.minor(), "currency": amounts.code(),
                "processed_on": now, "response_code": code, "response_summary": summary,
            },
        });
        let tampering = amounts.altered("amount");
        let secrets = self.secrets.all();
        let made = order.hmac_json(&wire::SIGNATURE, secrets, event.to_string(), tampering)?;
        let authorization = self.authorization.all().first();
        Ok(made.with_headers(authorization.map(|text| (wire::AUTHORIZATION, present(text)))))
    }
}
