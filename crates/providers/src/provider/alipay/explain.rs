//! What Alipay signs.

use super::Alipay;
use super::wire::{SIGN, SIGN_TYPE};
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::wire::form::Pairs;

impl Explain for Alipay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let rule = "RSA over the sorted parameters without `sign` and `sign_type`, decoded once";
        let pairs = Pairs::from_bytes(delivery.body).ok();
        let text = pairs.map(|pairs| pairs.signed_text(&[SIGN, SIGN_TYPE], true));
        Explanation::new(self.keys(), Signed::text(rule, text))
    }
}
