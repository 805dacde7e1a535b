//! WeChat Pay's answers. WeChat Pay reads the status; the body has the format of the request's version.

use super::{Version, WeChatPay};
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for WeChatPay {
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        match Version::of(delivery.body) {
            Some(Version::V2) => v2(answer),
            Some(Version::V3) | None => v3(answer),
        }
    }
}

fn wording(answer: Answer) -> (u16, Option<&'static str>) {
    match answer {
        Answer::Acknowledge => (200, None),
        Answer::Refuse => (401, Some("signature verification failed")),
        Answer::OurFault => (500, Some("internal error")),
        Answer::TryLater => (503, Some("temporarily unavailable")),
    }
}

/// Returns the JSON answer. Nomad's relay uses it too.
pub(in crate::provider) fn v3(answer: Answer) -> Reply {
    let (status, failure) = wording(answer);
    match failure {
        None => Reply::json(status, r#"{"code":"SUCCESS","message":"成功"}"#),
        Some(failure) => Reply::json(status, format!(r#"{{"code":"FAIL","message":"{failure}"}}"#)),
    }
}

fn v2(answer: Answer) -> Reply {
    let (status, failure) = wording(answer);
    let (code, message) = failure.map_or(("SUCCESS", "OK"), |failure| ("FAIL", failure));
    let body = format!(
        "<xml><return_code><![CDATA[{code}]]></return_code>\
         <return_msg><![CDATA[{message}]]></return_msg></xml>"
    );
    Reply { status, content_type: "text/xml", body }
}
