//! What eftPay signs.

use super::EftPay;
use super::wire::SIGN;
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::Members;

impl Explain for EftPay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let rule = "SHA-256 of the secret, followed by the sorted members without empty ones";
        let members = Members::from_bytes(delivery.body).ok();
        let text = members.map(|members| canonical::text(&members, SIGN, EmptyMembers::LeftOut));
        Explanation::new(self.keys(), Signed::text(rule, text.map(String::into_bytes)))
    }
}
