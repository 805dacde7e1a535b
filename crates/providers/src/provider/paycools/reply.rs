//! PayCools' answer. Status and body agree, because no page says which of them decides.

use super::{Dialect, PayCools};
use crate::contract::{Answer, Delivery, Reply, Respond};

impl Respond for PayCools {
    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        let (status, code, flat, envelope) = match answer {
            Answer::Acknowledge => (200, self.ack_code, "success", "Success"),
            Answer::Refuse => (401, 401, "invalid signature", "invalid signature"),
            Answer::OurFault => (500, 500, "internal error", "internal error"),
            Answer::TryLater => (503, 503, "temporarily unavailable", "temporarily unavailable"),
        };
        Reply::json(
            status,
            match self.dialect {
                Dialect::Flat(_) => format!(r#"{{"code":{code},"msg":"{flat}","data":{{}}}}"#),
                Dialect::Envelope(_) => format!(r#"{{"code":{code},"message":"{envelope}"}}"#),
            },
        )
    }
}
