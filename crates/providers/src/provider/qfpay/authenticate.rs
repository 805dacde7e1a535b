//! QFPay's signature: MD5 over the body as it arrived, followed by the key
//! (<https://sdk.qfapi.com/integration/common-api/async-notifications>). Requests *to* QFPay are
//! signed by another rule, over sorted pairs.

use super::{QfPay, wire};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::hash::verify_secret_last_md5;
use crate::crypto::{PresentedDigest, SignatureForm};
use crate::kit::headers::signature_header;
use crate::wire::document::Document;

impl Authenticate for QfPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let header = signature_header(delivery.headers, wire::SIGNATURE_HEADER)?;
        let presented = PresentedDigest::from_hex(header).ok_or(Refusal::SignatureMalformed)?;
        let form = SignatureForm::Body;
        let proof = verify_secret_last_md5(&self.secrets, delivery.body, &presented, form)
            .ok_or(Refusal::SignatureMismatch)?;
        match Document::of(delivery.body).members() {
            Ok(members) if members.has_deep_repeats() => Err(Refusal::RepeatedName.into()),
            // Normalization says what is wrong with a signed body that is not an object.
            Ok(_) | Err(_) => Ok(Authentic::new(proof, delivery.body)),
        }
    }
}
