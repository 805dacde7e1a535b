//! What Airwallex signs.

use super::{Airwallex, wire};
use crate::contract::{Delivery, Explain, Explanation};

impl Explain for Airwallex {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        wire::SIGNATURE.explain(delivery, self.secrets.all())
    }
}
