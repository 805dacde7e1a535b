//! Alipay's answer: seven bytes, or four (<https://opendocs.alipay.com/open/203/105286>).

use super::Alipay;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Alipay {
    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        let (status, body) = match answer {
            Answer::Acknowledge => (200, "success"),
            Answer::Refuse => (401, "fail"),
            Answer::OurFault => (500, "fail"),
            Answer::TryLater => (503, "fail"),
        };
        Reply { status, content_type: "text/plain", body: body.to_owned() }
    }
}
