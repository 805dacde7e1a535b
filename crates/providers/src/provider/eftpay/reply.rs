//! eftPay's answer: JSON, signed by the same rule as its messages.
//!
//! `api-reference/scene/*/RefundNotify.html` under <https://vmp.eftpay.com.cn/vmp-docs/en>.

use super::EftPay;
use super::wire::OFFSET;
use crate::contract::{Answer, Delivery, Reply, Respond};
use crate::crypto::hash::secret_first_sha256;
use crate::wire::times;

impl Respond for EftPay {
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        let (status, code) = match answer {
            Answer::Acknowledge => (200, "success"),
            Answer::Refuse => (401, "false"),
            Answer::OurFault => (500, "false"),
            Answer::TryLater => (503, "false"),
        };
        let time = times::write_digits(delivery.received_at, OFFSET);
        let text = format!("return_code={code}&time={time}");
        // An account always has a secret. Without one, the answer would have no signature.
        let sign = self.secrets.first().map(|secret| secret_first_sha256(secret, &text));
        let sign = sign.unwrap_or_default();
        Reply::json(
            status,
            format!(r#"{{"return_code":"{code}","time":"{time}","sign":"{sign}"}}"#),
        )
    }
}
