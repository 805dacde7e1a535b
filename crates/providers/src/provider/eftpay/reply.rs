//! eftPay's answer: JSON, signed by the same rule as its messages.
//!
//! `api-reference/scene/*/RefundNotify.html` under <https://vmp.eftpay.com.cn/vmp-docs/en>.

use time::OffsetDateTime;

use super::EftPay;
use super::wire::OFFSET;
use crate::contract::{Answer, Reply};
use crate::crypto::hash::secret_first_sha256;
use crate::wire::times;

pub(super) fn reply(account: &EftPay, at: OffsetDateTime, answer: Answer) -> Reply {
    let (status, code) = match answer {
        Answer::Acknowledge => (200, "success"),
        Answer::Refuse => (401, "false"),
        Answer::OurFault => (500, "false"),
        Answer::TryLater => (503, "false"),
    };
    let time = times::write_digits(at, OFFSET);
    let text = format!("return_code={code}&time={time}");
    // A built account has a secret; without one the answer would be unsigned, never wrongly signed.
    let sign = account.secrets.first().map(|secret| secret_first_sha256(secret, &text));
    let sign = sign.unwrap_or_default();
    Reply {
        status,
        content_type: "application/json",
        body: format!(r#"{{"return_code":"{code}","time":"{time}","sign":"{sign}"}}"#),
    }
}
