//! Alipay's answer: seven bytes, or four (<https://opendocs.alipay.com/open/203/105286>).

use super::Alipay;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Alipay {
    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::text(200, "success"),
            Answer::Refuse => Reply::text(401, "fail"),
            Answer::OurFault => Reply::text(500, "fail"),
            Answer::TryLater => Reply::text(503, "fail"),
        }
    }
}
