//! PayMongo's signature: HMAC-SHA256 over time and body, with a name for each mode
//! (<https://developers.paymongo.com/docs/creating-webhook>).

use super::{PayMongo, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::kit::settings::ClockSkewSeconds;
use crate::wire::document::Document;

impl Authenticate for PayMongo {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        // No page says whether a repeat has a new time, so the window is off unless it is set.
        let window = self.clock_skew_seconds.map(ClockSkewSeconds::window);
        let rule = wire::signature(self.livemode);
        let proof = rule.verify(delivery, self.secrets.all(), window)?;
        let document = Document::of(delivery.body);
        let Ok(event) = document.members() else {
            // Normalization says what is wrong with a signed body that is not an object.
            return Ok(Authentic::new(proof, delivery.body));
        };
        if event.has_deep_repeats() {
            return Err(Refusal::RepeatedName.into());
        }
        let attributes = event.object("data").and_then(|data| data.object("attributes"));
        match attributes.and_then(|attributes| attributes.boolean("livemode")) {
            Some(livemode) if livemode == self.livemode => Ok(Authentic::new(proof, delivery.body)),
            Some(_) | None => Err(Refusal::WrongAccount.into()),
        }
    }
}
