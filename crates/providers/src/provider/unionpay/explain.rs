//! What UnionPay signs, and with which certificate.

use super::{UnionPay, wire};
use crate::contract::{Delivery, Explain, Explanation, Keys, Signed};
use crate::crypto::CertifiedKey;
use crate::crypto::certified_key::der_of_pem;
use crate::wire::form::Pairs;

impl Explain for UnionPay {
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        let rule = "RSA over the digest in hex of the sorted parameters without `signature`, \
            decoded once";
        let pairs = Pairs::from_bytes(delivery.body).ok();
        let text = pairs.as_ref().map(|pairs| pairs.signed_text(&[wire::SIGNATURE], true));
        let named = pairs.as_ref().and_then(named);
        Explanation::new(self.keys(), Signed::text(rule, text)).naming(named.as_deref())
    }
}

/// Returns the certificate that a message brings or names: its serial number and whose it is.
fn named(pairs: &Pairs<'_>) -> Option<String> {
    if let Some(pem) = pairs.present(wire::CERTIFICATE) {
        let certificate = CertifiedKey::from_der(None, &der_of_pem(pem).ok()?).ok()?;
        return Some(format!("{} of {}", certificate.serial(), certificate.common_name()));
    }
    let serial = pairs.present("certId")?;
    Some(String::from_utf8_lossy(serial).into_owned())
}
