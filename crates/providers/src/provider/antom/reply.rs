//! Antom's answer (<https://docs.antom.com/ac/ams/notify_refund>).

use crate::contract::{Answer, Reply};

pub(super) fn reply(answer: Answer) -> Reply {
    let (status, code, result, message) = match answer {
        Answer::Acknowledge => (200, "SUCCESS", "S", "success"),
        Answer::Refuse => (401, "INVALID_SIGNATURE", "F", "invalid signature"),
        Answer::OurFault => (500, "UNKNOWN_EXCEPTION", "U", "internal error"),
        Answer::TryLater => (503, "UNKNOWN_EXCEPTION", "U", "temporarily unavailable"),
    };
    Reply {
        status,
        content_type: "application/json",
        body: format!(
            r#"{{"result":{{"resultCode":"{code}","resultStatus":"{result}","resultMessage":"{message}"}}}}"#
        ),
    }
}
