//! Xendit's answer. Only the status counts (<https://docs.xendit.co/apidocs/webhook-behavior>).

use super::Xendit;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Xendit {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::json(200, r#"{"status":"ok"}"#),
            Answer::Refuse => Reply::json(401, r#"{"status":"invalid token"}"#),
            Answer::OurFault => Reply::json(500, r#"{"status":"internal error"}"#),
            Answer::TryLater => Reply::json(503, r#"{"status":"temporarily unavailable"}"#),
        }
    }
}
