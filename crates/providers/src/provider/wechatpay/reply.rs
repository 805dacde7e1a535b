//! WeChat Pay's answers. The status decides; the body says the same in the version of the request.

use super::Version;
use crate::contract::{Delivery, Outcome, Reply};

pub(super) fn reply(delivery: &Delivery<'_>, outcome: Outcome) -> Reply {
    match Version::of(delivery.body) {
        Some(Version::V2) => v2(outcome),
        Some(Version::V3) | None => v3(outcome),
    }
}

fn wording(outcome: Outcome) -> (u16, Option<&'static str>) {
    match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => {
            (200, None)
        }
        Outcome::Refused => (401, Some("signature verification failed")),
        Outcome::Undecryptable => (500, Some("internal error")),
        Outcome::Unavailable => (503, Some("temporarily unavailable")),
    }
}

/// The JSON answer, Nomad's as well.
pub(in crate::provider) fn v3(outcome: Outcome) -> Reply {
    let (status, failure) = wording(outcome);
    let body = match failure {
        None => r#"{"code":"SUCCESS","message":"成功"}"#.to_owned(),
        Some(failure) => format!(r#"{{"code":"FAIL","message":"{failure}"}}"#),
    };
    Reply { status, content_type: "application/json", body }
}

fn v2(outcome: Outcome) -> Reply {
    let (status, failure) = wording(outcome);
    let (code, message) = failure.map_or(("SUCCESS", "OK"), |failure| ("FAIL", failure));
    let body = format!(
        "<xml><return_code><![CDATA[{code}]]></return_code>\
         <return_msg><![CDATA[{message}]]></return_msg></xml>"
    );
    Reply { status, content_type: "text/xml", body }
}
