//! What PayMongo signs.

use super::{PayMongo, wire};
use crate::contract::{Delivery, Explain, Explanation};

impl Explain for PayMongo {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        wire::signature(self.livemode).explain(delivery, self.secrets.all())
    }
}
