//! What QFPay signs.

use super::QfPay;
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};

impl Explain for QfPay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let rule = "MD5 of the body, followed by the secret";
        Explanation::new(self.keys(), Signed::text(rule, Some(delivery.body.to_vec())))
    }
}
