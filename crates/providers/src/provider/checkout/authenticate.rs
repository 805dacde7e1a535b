//! Checkout.com's signature: HMAC-SHA256 over the body, and a text in `Authorization` beside it
//! (<https://www.checkout.com/docs/workflows/set-up-your-webhook-receiver>).

use super::{Checkout, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::kit::credentials;
use crate::wire::document::Document;

impl Authenticate for Checkout {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let proof = wire::SIGNATURE.verify(delivery, self.secrets.all(), None)?;
        if !self.authorization.is_empty() {
            credentials::require(delivery, wire::AUTHORIZATION, self.authorization.all())?;
        }
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
