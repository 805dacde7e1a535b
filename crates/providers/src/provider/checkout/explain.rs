//! What Checkout.com signs. The text in `Authorization`, if the account has one, is required beside
//! it.

use super::{Checkout, wire};
use crate::contract::{Delivery, Explain, Explanation, Keys};

impl Explain for Checkout {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let explained = wire::SIGNATURE.explain(delivery, self.secrets.all());
        let tried_keys = self.keys().into_iter().map(|key| key.key_id).collect();
        Explanation { tried_keys, ..explained }
    }
}
