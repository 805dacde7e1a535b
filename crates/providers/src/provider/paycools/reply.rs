//! PayCools' answer. Status and body say the same, because nobody has written down which decides.

use super::{Dialect, PayCools};
use crate::contract::{Outcome, Reply};

pub(super) fn reply(account: &PayCools, outcome: Outcome) -> Reply {
    let (status, code, flat, envelope) = match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => {
            (200, account.ack_code, "success", "Success")
        }
        Outcome::Refused => (401, 401, "invalid signature", "invalid signature"),
        Outcome::Undecryptable => (500, 500, "internal error", "internal error"),
        Outcome::Unavailable => (503, 503, "temporarily unavailable", "temporarily unavailable"),
    };
    let body = match account.dialect {
        Dialect::Flat(_) => format!(r#"{{"code":{code},"msg":"{flat}","data":{{}}}}"#),
        Dialect::Envelope(_) => format!(r#"{{"code":{code},"message":"{envelope}"}}"#),
    };
    Reply { status, content_type: "application/json", body }
}
