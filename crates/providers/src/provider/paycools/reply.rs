//! PayCools' answer. Status and body say the same, because nobody has written down which decides.

use super::{Dialect, PayCools};
use crate::contract::{Answer, Reply};

pub(super) fn reply(account: &PayCools, answer: Answer) -> Reply {
    let (status, code, flat, envelope) = match answer {
        Answer::Acknowledge => (200, account.ack_code, "success", "Success"),
        Answer::Refuse => (401, 401, "invalid signature", "invalid signature"),
        Answer::OurFault => (500, 500, "internal error", "internal error"),
        Answer::TryLater => (503, 503, "temporarily unavailable", "temporarily unavailable"),
    };
    let body = match account.dialect {
        Dialect::Flat(_) => format!(r#"{{"code":{code},"msg":"{flat}","data":{{}}}}"#),
        Dialect::Envelope(_) => format!(r#"{{"code":{code},"message":"{envelope}"}}"#),
    };
    Reply { status, content_type: "application/json", body }
}
