//! PayMongo's answer. Only the status counts
//! (<https://developers.paymongo.com/docs/webhook-implementation-best-practices>).

use super::PayMongo;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for PayMongo {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::json(200, r#"{"message":"SUCCESS"}"#),
            Answer::Refuse => Reply::json(401, r#"{"message":"INVALID SIGNATURE"}"#),
            Answer::OurFault => Reply::json(500, r#"{"message":"INTERNAL ERROR"}"#),
            Answer::TryLater => Reply::json(503, r#"{"message":"TEMPORARILY UNAVAILABLE"}"#),
        }
    }
}
