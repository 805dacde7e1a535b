//! Plays a relay of the broker's refund object.

use serde_json::json;

use super::{Nomad, Relay, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::kit::simulation::{Words, rfc3339};
use crate::refund::Currency;

const WORDS: Words<&str> = Words {
    succeeded: "SUCCESS",
    failed: Err("the broker uses WeChat Pay's words, which have no failed refund"),
    pending: Ok("PROCESSING"),
    canceled: Ok("CLOSE"),
    requires_action: Ok("ABNORMAL"),
    not_a_refund: Err("a relay forwards only refunds"),
    unknown_status: "LIMBO",
};

impl Simulate for Nomad {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        match self {
            Self::WeChatPay(account) => account.simulate(order),
            Self::Relay(relay) => relay.simulate(order),
        }
    }
}

impl Relay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let amounts = order.amounts(order.currency("CNY", Currency::iso)?, "88.50")?;
        let body = json!({
            "code": 200,
            "message": "OK",
            "refundId": order.other_refund_number("50300"),
            "orderRef": order.order_number("order-"),
            "refundOrderRef": order.value(order.refund_number("refund-"), String::new()),
            "transactionId": order.payment_number("42000"),
            "channel": "ORIGINAL",
            "status": order.words(&WORDS)?,
            "refundAmount": amounts.refund.minor(),
            "totalAmount": amounts.order.minor(),
            "currency": amounts.code(),
            "createTime": rfc3339(order.made_at(order.now)),
            "successTime": rfc3339(order.now),
        })
        .to_string();
        let altered = amounts.altered("refundAmount");
        order.hmac_json(&wire::SIGNATURE, &self.secrets, body, altered)
    }
}
