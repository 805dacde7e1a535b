//! Antom's answer (<https://docs.antom.com/ac/ams/notify_refund>).

use super::Antom;
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for Antom {
    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        let (status, code, result, message) = match answer {
            Answer::Acknowledge => (200, "SUCCESS", "S", "success"),
            Answer::Refuse => (401, "INVALID_SIGNATURE", "F", "invalid signature"),
            Answer::OurFault => (500, "UNKNOWN_EXCEPTION", "U", "internal error"),
            Answer::TryLater => (503, "UNKNOWN_EXCEPTION", "U", "temporarily unavailable"),
        };
        let result = format!(
            r#""resultCode":"{code}","resultStatus":"{result}","resultMessage":"{message}""#
        );
        Reply::json(status, format!(r#"{{"result":{{{result}}}}}"#))
    }
}
