//! QFPay's answer: 200 and `SUCCESS`. Anything else makes QFPay send again
//! (<https://sdk.qfapi.com/integration/common-api/async-notifications>).

use super::QfPay;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for QfPay {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::text(200, "SUCCESS"),
            Answer::Refuse => Reply::text(401, "FAIL"),
            Answer::OurFault => Reply::text(500, "FAIL"),
            Answer::TryLater => Reply::text(503, "FAIL"),
        }
    }
}
