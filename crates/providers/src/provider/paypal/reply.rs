//! PayPal's answer. Only the status counts (<https://developer.paypal.com/api/rest/webhooks/>).

use super::PayPal;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for PayPal {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::json(200, "{}"),
            Answer::Refuse => Reply::json(401, r#"{"error":"invalid signature"}"#),
            Answer::OurFault => Reply::json(500, r#"{"error":"internal error"}"#),
            Answer::TryLater => Reply::json(503, r#"{"error":"temporarily unavailable"}"#),
        }
    }
}
