//! UnionPay's answer. Only the status counts: 200 ends the notifications
//! (<https://open.unionpay.com/tjweb/support/faq/mchlist?id=72>).

use super::UnionPay;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for UnionPay {
    fn reply(&self, _: &Delivery<'_>, answer: Answer) -> Reply {
        match answer {
            Answer::Acknowledge => Reply::text(200, "ok"),
            Answer::Refuse => Reply::text(401, "fail"),
            Answer::OurFault => Reply::text(500, "fail"),
            Answer::TryLater => Reply::text(503, "fail"),
        }
    }
}
