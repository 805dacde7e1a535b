//! What PayPal signs: three values and a checksum of the body.

use super::PayPal;
use super::authenticate::signed_text;
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::crypto::checksum::crc32;
use crate::kit::headers::signed_header;
use crate::wire::times;

impl Explain for PayPal {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let header = |name| signed_header(delivery.headers, name).ok();
        let (id, time) = (header("paypal-transmission-id"), header("paypal-transmission-time"));
        let url = header("paypal-cert-url");
        let named = url.map(|url| url.rsplit('/').next().unwrap_or_default());
        let texts = id.zip(time).map(|(id, time)| {
            let crc = crc32(delivery.body);
            let text = |webhook_id: &String| signed_text(id, time, webhook_id, crc);
            self.webhook_ids.iter().map(text).collect::<Vec<_>>().join("\n").into_bytes()
        });
        let rule = "RSA with SHA-256 over the transmission's id and time, the webhook id, and CRC-32 \
            of the body (a line for each webhook id)";
        let mut explained = Explanation::new(self.keys(), Signed::text(rule, texts));
        explained.tried_keys.retain(|key| named == Some(key.as_str()));
        explained.naming(named).at(time.and_then(times::read_rfc3339))
    }
}
