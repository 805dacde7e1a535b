//! Xendit's callback token (<https://docs.xendit.co/docs/handling-webhooks>). Nothing in the body is
//! signed: who knows the token can write any refund, so the grade is the lowest one.

use super::{Xendit, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::kit::credentials;
use crate::wire::document::Document;

impl Authenticate for Xendit {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let tokens = self.callback_tokens.all();
        let proof = credentials::verify_bearer(delivery, wire::TOKEN_HEADER, tokens)?;
        match Document::of(delivery.body).members() {
            Ok(event) if event.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
