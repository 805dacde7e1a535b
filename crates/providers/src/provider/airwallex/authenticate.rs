//! Airwallex's signature: HMAC-SHA256 over time and body
//! (<https://www.airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events>).

use super::{Airwallex, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::wire::document::Document;

impl Authenticate for Airwallex {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let window = self.max_age_seconds.window(self.clock_skew_seconds);
        let proof = wire::SIGNATURE.verify(delivery, self.secrets.all(), Some(window))?;
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
