//! Airwallex's answer. Exactly 200 counts
//! (<https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview>).

use super::Airwallex;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Airwallex {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::json(200, r#"{"received":true}"#),
            Answer::Refuse => Reply::json(401, r#"{"error":"invalid signature"}"#),
            Answer::OurFault => Reply::json(500, r#"{"error":"internal error"}"#),
            Answer::TryLater => Reply::json(503, r#"{"error":"temporarily unavailable"}"#),
        }
    }
}
