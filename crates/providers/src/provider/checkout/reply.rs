//! Checkout.com's answer. Any 2xx counts
//! (<https://www.checkout.com/docs/workflows/set-up-your-webhook-receiver>).

use super::Checkout;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Checkout {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::json(200, r#"{"received":true}"#),
            Answer::Refuse => Reply::json(401, r#"{"error":"invalid signature"}"#),
            Answer::OurFault => Reply::json(500, r#"{"error":"internal error"}"#),
            Answer::TryLater => Reply::json(503, r#"{"error":"temporarily unavailable"}"#),
        }
    }
}
