//! Alipay's answer: seven bytes, or four (<https://opendocs.alipay.com/open/203/105286>).

use crate::contract::{Answer, Reply};

pub(super) fn reply(answer: Answer) -> Reply {
    let (status, body) = match answer {
        Answer::Acknowledge => (200, "success"),
        Answer::Refuse => (401, "fail"),
        Answer::OurFault => (500, "fail"),
        Answer::TryLater => (503, "fail"),
    };
    Reply { status, content_type: "text/plain", body: body.to_owned() }
}
