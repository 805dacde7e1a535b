//! Razorpay's signature: HMAC-SHA256 over the raw body
//! (<https://razorpay.com/docs/my/webhooks/validate-test>). A webhook without a secret sends no
//! signature, and is refused.

use super::{Razorpay, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::wire::document::Document;

impl Authenticate for Razorpay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        // No time is signed. A replay reports an event that is already known.
        let proof = wire::SIGNATURE.verify(delivery, self.secrets.all(), None)?;
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
