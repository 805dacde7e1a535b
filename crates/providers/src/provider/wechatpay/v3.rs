//! v3: RSA over headers and body, then AES-256-GCM.
//!
//! <https://pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html>
//! and <https://pay.weixin.qq.com/doc/v3/merchant/4012071382>.

use data_encoding::BASE64;

use super::WeChatPay;
use super::wire::{AES_256_GCM, EVENT_TYPE, REFUND_EVENTS};
use crate::contract::{Authentic, Delivery, NotAuthentic, Problem, Refusal, Unreadable};
use crate::crypto::cipher::{NONCE_BYTES, TAG_BYTES, open_gcm};
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::freshness::TimeUnit;
use crate::kit::headers::{Header, header, signature_header, signed_header};
use crate::wire::document::Document;
use crate::wire::json::Members;

/// The beginning of the signature of WeChat Pay's probes. It is not base64.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The only supported type of signature.
const SIGNATURE_TYPE: &str = "WECHATPAY2-SHA256-RSA2048";

/// The beginning of the ids of public keys. Other ids are serial numbers in hex.
const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_";

impl WeChatPay {
    /// Authenticates a v3 message and opens its resource.
    pub(super) fn authenticate_v3<'d>(
        &self,
        delivery: &Delivery<'d>,
    ) -> Result<Authentic<'d>, NotAuthentic> {
        if self.v3_keys.is_empty() {
            return Err(Refusal::NotEnabled.into());
        }
        let proof = self.verify(delivery)?;
        let envelope = Authentic::new(proof.clone(), delivery.body);
        let document = Document::of(delivery.body);
        let Ok(members) = document.members() else { return Ok(envelope) };
        if members.has_repeats_in(&["resource"]) {
            return Err(Refusal::RepeatedName.into());
        }
        // Other messages stay closed. Normalization reports a resource that cannot be read.
        let Ok(Some(resource)) = Resource::of(&members) else { return Ok(envelope) };
        let associated_data = resource.associated_data.as_bytes();
        let plaintext =
            open_gcm(&self.v3_keys, &resource.nonce, associated_data, &resource.ciphertext)
                .ok_or(NotAuthentic::Undecryptable(proof.clone()))?;
        if let Ok(refund) = Document::of(&plaintext).members() {
            self.require_ours(&refund)?;
        }
        Ok(Authentic::enveloped(proof, delivery.body, plaintext))
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof, Refusal> {
        let presented = signature_header(delivery.headers, "wechatpay-signature")?;
        if presented.starts_with(PROBE) {
            return Err(Refusal::SignatureProbe);
        }
        let signature =
            BASE64.decode(presented.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
        match header(delivery.headers, "wechatpay-signature-type") {
            Header::Absent | Header::One(SIGNATURE_TYPE) => {}
            Header::One(_) | Header::Repeated => return Err(Refusal::UnsupportedAlgorithm),
        }
        let timestamp = signed_header(delivery.headers, "wechatpay-timestamp")?;
        let nonce = signed_header(delivery.headers, "wechatpay-nonce")?;
        let serial = signed_header(delivery.headers, "wechatpay-serial")?;
        self.window.require(delivery, timestamp, TimeUnit::Seconds)?;
        let key = find_key(&self.public_keys, serial).ok_or(Refusal::UnknownKey)?;

        let message = signed_text(timestamp, nonce, delivery.body);
        key.verify(&message, &signature, SignatureForm::HeadersAndBody)
            .ok_or(Refusal::SignatureMismatch)
    }

    fn require_ours(&self, refund: &Members<'_>) -> Result<(), Refusal> {
        if refund.has_repeats_in(&["amount"]) {
            return Err(Refusal::RepeatedName);
        }
        let text = |name: &str| refund.text(name);
        self.merchant.require(text("mchid"), text("sp_mchid"))
    }
}

/// Returns the text that WeChat Pay signs.
pub(super) fn signed_text(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(timestamp.len() + nonce.len() + body.len() + 3);
    for line in [timestamp.as_bytes(), nonce.as_bytes(), body] {
        message.extend_from_slice(line);
        message.push(b'\n');
    }
    message
}

/// Returns the key that a request names. During a change both kinds of key are in use. No other key
/// is tried.
pub(super) fn find_key<'k>(keys: &'k [PublicKey], serial: &str) -> Option<&'k PublicKey> {
    keys.iter().find(|key| {
        let id = key.id().as_str();
        id == serial || (!id.starts_with(PUBLIC_KEY_ID) && id.eq_ignore_ascii_case(serial))
    })
}

/// An encrypted resource with checked lengths.
#[derive(Debug)]
pub(super) struct Resource {
    nonce: [u8; NONCE_BYTES],
    associated_data: String,
    ciphertext: Vec<u8>,
}

impl Resource {
    /// Returns the resource of an envelope, or `None` if the envelope is not about a refund.
    pub(super) fn of(envelope: &Members<'_>) -> Result<Option<Self>, Unreadable> {
        let invalid = |field| Unreadable { problem: Problem::InvalidText, field };
        let required = |text, field| Option::ok_or(text, Unreadable::missing(field));
        if !required(envelope.text(EVENT_TYPE), EVENT_TYPE)?.starts_with(REFUND_EVENTS) {
            return Ok(None);
        }
        let resource = envelope.object("resource").ok_or(Unreadable::missing("resource"))?;
        if resource.text("algorithm") != Some(AES_256_GCM) {
            let problem = Problem::UnsupportedAlgorithm;
            return Err(Unreadable { problem, field: "algorithm" });
        }
        let nonce = required(resource.text("nonce"), "nonce")?;
        let ciphertext = required(resource.text("ciphertext"), "ciphertext")?;
        let ciphertext = BASE64.decode(ciphertext.as_bytes()).map_err(|_| invalid("ciphertext"))?;
        if ciphertext.len() < TAG_BYTES {
            return Err(invalid("ciphertext"));
        }
        Ok(Some(Self {
            nonce: nonce.as_bytes().try_into().map_err(|_| invalid("nonce"))?,
            associated_data: resource.text("associated_data").unwrap_or_default().to_owned(),
            ciphertext,
        }))
    }
}
