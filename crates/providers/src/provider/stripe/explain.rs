//! What Stripe signs.

use super::{Stripe, wire};
use crate::contract::{Delivery, Explain, Explanation};

impl Explain for Stripe {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        wire::SIGNATURE.explain(delivery, self.secrets.all())
    }
}
