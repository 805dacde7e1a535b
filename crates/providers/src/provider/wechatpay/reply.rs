//! WeChat Pay's answers. The status decides; the body says the same in the version of the request.

use super::Version;
use crate::contract::{Answer, Delivery, Reply};

pub(super) fn reply(delivery: &Delivery<'_>, answer: Answer) -> Reply {
    match Version::of(delivery.body) {
        Some(Version::V2) => v2(answer),
        Some(Version::V3) | None => v3(answer),
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

/// The JSON answer, Nomad's as well.
pub(in crate::provider) fn v3(answer: Answer) -> Reply {
    let (status, failure) = wording(answer);
    let body = match failure {
        None => r#"{"code":"SUCCESS","message":"成功"}"#.to_owned(),
        Some(failure) => format!(r#"{{"code":"FAIL","message":"{failure}"}}"#),
    };
    Reply { status, content_type: "application/json", body }
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
