//! Adyen's answer. Today any status from 200 to 299 is enough; earlier only the body `[accepted]` was
//! (<https://docs.adyen.com/development-resources/webhooks/troubleshoot>).

use http::header::CONTENT_TYPE;

use super::Adyen;
use crate::contract::{Answer, Delivery, Reply, Respond};
use crate::kit::headers::{Header, header};

impl Respond for Adyen {
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        let (status, body) = match answer {
            Answer::Acknowledge => (200, "[accepted]"),
            Answer::Refuse if is_soap(delivery) => (415, "unsupported media type"),
            Answer::Refuse => (401, "invalid signature"),
            Answer::OurFault => (500, "internal error"),
            Answer::TryLater => (503, "temporarily unavailable"),
        };
        Reply { status, content_type: "text/plain", body: body.to_owned() }
    }
}

/// Returns whether a request is of the SOAP variant, which an operator can switch to JSON at Adyen.
fn is_soap(delivery: &Delivery<'_>) -> bool {
    match header(delivery.headers, CONTENT_TYPE.as_str()) {
        Header::One(value) => value.to_ascii_lowercase().contains("xml"),
        Header::Absent | Header::Repeated => false,
    }
}
