//! Stripe's signature: HMAC-SHA256 over time and body (<https://docs.stripe.com/webhooks>).

use super::{Stripe, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::wire::document::Document;

impl Authenticate for Stripe {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let window = self.clock_skew_seconds.window();
        let proof = wire::SIGNATURE.verify(delivery, self.secrets.all(), Some(window))?;
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // One endpoint is for one mode.
            Ok(event) if event.boolean("livemode") != Some(self.livemode) => {
                Err(Refusal::WrongAccount.into())
            }
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
