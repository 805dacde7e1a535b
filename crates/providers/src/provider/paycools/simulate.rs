//! Plays PayCools, in either wire form.

use serde_json::{Value, json};
use time::Duration;

use super::wire::{PARAM, SIGN};
use super::{Dialect, PayCools};
use crate::contract::Simulate;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::crypto::hash::secret_last_sha1;
use crate::crypto::rsa::SigningError;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words, set};
use crate::kit::subject::SimulatedAmounts;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::Members;
use crate::wire::times;

/// `eventName` and `refundStatus`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("payment.refund.success", "COMPLETE"),
    failed: Ok(("payment.refund.failed", "FAILED")),
    pending: Ok(("payment.refund.process", "PROCESS")),
    canceled: Ok(("payment.refund.cancel", "CANCEL")),
    requires_action: Err("PayCools never asks the merchant to act"),
    not_a_refund: Ok(("payment.paid.success", "COMPLETE")),
    unknown_status: ("payment.refund.success", "LIMBO"),
};

impl Simulate for PayCools {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        order.without_order_number()?;
        let amounts = order.amounts(order.only_currency(Some(self.currency.clone()))?, "100")?;
        let (from, to) = amounts.altered("refundAmount");
        let mut message = self.message(order, &amounts)?;
        let text = message.to_string();
        let body = match &self.dialect {
            Dialect::Flat(secrets) => {
                let secret = order.secret(secrets)?;
                let members = Members::from_text(&text).map_err(|_| SigningError::Library)?;
                let canonical = canonical::text(&members, SIGN, EmptyMembers::LeftOut);
                set(&mut message, SIGN, secret_last_sha1(&secret, &canonical));
                order.tampered(message.to_string(), &from, &to)
            }
            Dialect::Envelope(_) => {
                let sign = order.rsa_signature(text.as_bytes())?;
                let param = order.tampered(text, &from, &to);
                json!({ PARAM: param, SIGN: sign }).to_string()
            }
        };
        Ok(Simulated::json(body))
    }
}

impl PayCools {
    fn message(
        &self,
        order: &SimulationOrder<'_>,
        amounts: &SimulatedAmounts,
    ) -> Result<Value, SimulationError> {
        let (event, status) = order.words(&WORDS)?;
        let at = order.signed_at(STALE_WITHOUT_WINDOW);
        let mut message = json!({
            "eventName": event,
            "mchRefundOrderId": order.value(order.refund_number("refund-"), String::new()),
            "refundTransactionId": order.other_refund_number("C4X"),
            "originalTransactionId": order.payment_number("R20"),
            "refundAmount": amounts.refund.minor(),
            "feeRefunded": 1_000,
            "refundStatus": status,
            "refundCreateTime": times::write_local(order.made_at(at - Duration::minutes(3)), self.offset),
            "refundReturnTime": times::write_local(at, self.offset),
            "refundReason": "changed my mind",
        });
        if order.is(Scenario::Failed) {
            set(&mut message, "failedCode", -10_009);
            set(&mut message, "failedMessage", "Channel Refund Failed");
        }
        Ok(message)
    }
}
