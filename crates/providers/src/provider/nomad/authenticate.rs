//! The relay's signature: HMAC-SHA-256 over timestamp and body. It is our own convention.

use super::{Nomad, Relay, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::wire::document::Document;

impl Authenticate for Nomad {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        match self {
            Self::WeChatPay(account) => account.authenticate(delivery),
            Self::Relay(relay) => Ok(relay.authenticate(delivery)?),
        }
    }
}

impl Relay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, Refusal> {
        let proof = wire::SIGNATURE.verify(delivery, &self.secrets, Some(self.window))?;
        let document = Document::of(delivery.body);
        if document.members().is_ok_and(|members| members.has_repeats_in(&[])) {
            return Err(Refusal::RepeatedName);
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}
