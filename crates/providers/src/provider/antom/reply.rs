//! Antom's answer (<https://docs.antom.com/ac/ams/notify_refund>).

use crate::contract::{Outcome, Reply};

pub(super) fn reply(outcome: Outcome) -> Reply {
    let (status, code, result, message) = match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => {
            (200, "SUCCESS", "S", "success")
        }
        Outcome::Refused => (401, "INVALID_SIGNATURE", "F", "invalid signature"),
        Outcome::Undecryptable => (500, "UNKNOWN_EXCEPTION", "U", "internal error"),
        Outcome::Unavailable => (503, "UNKNOWN_EXCEPTION", "U", "temporarily unavailable"),
    };
    Reply {
        status,
        content_type: "application/json",
        body: format!(
            r#"{{"result":{{"resultCode":"{code}","resultStatus":"{result}","resultMessage":"{message}"}}}}"#
        ),
    }
}
