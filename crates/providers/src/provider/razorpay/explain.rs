//! What Razorpay signs.

use super::{Razorpay, wire};
use crate::contract::{Delivery, Explain, Explanation};

impl Explain for Razorpay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        wire::SIGNATURE.explain(delivery, self.secrets.all())
    }
}
