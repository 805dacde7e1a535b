//! v3: RSA over headers and body, then AES-256-GCM.
//!
//! <https://pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html>
//! and <https://pay.weixin.qq.com/doc/v3/merchant/4012071382>.

use data_encoding::BASE64;

use super::WeChatPay;
use super::wire::{AES_256_GCM, REFUND_EVENTS};
use crate::contract::{Authentic, Delivery, NotAuthentic, Problem, Refusal, Unreadable};
use crate::crypto::cipher::{NONCE_BYTES, TAG_BYTES, open_gcm};
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::freshness::require_fresh;
use crate::kit::headers::{Header, header, signature_header, signed_header};
use crate::wire::json::{Literal, Members};

/// What a signature of WeChat Pay's probe begins with; it is not even base64.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The only type of signature that we verify.
const SIGNATURE_TYPE: &str = "WECHATPAY2-SHA256-RSA2048";

/// The beginning of the ids of public keys; other ids are serial numbers in hex.
const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_";

pub(super) fn authenticate<'d>(
    account: &WeChatPay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, NotAuthentic> {
    let proof = verify(account, delivery)?;
    let envelope = Authentic::new(proof.clone(), delivery.body);
    let Ok(members) = Members::from_bytes(delivery.body) else { return Ok(envelope) };
    if members.has_repeats("") || nested(&members, "resource").is_some_and(|it| it.has_repeats(""))
    {
        return Err(Refusal::RepeatedName.into());
    }
    // What is not about a refund is not opened; what cannot be opened is told by `normalize`.
    let Ok(Some(resource)) = Resource::of(&members) else { return Ok(envelope) };
    let plaintext = open_gcm(
        &account.v3_keys,
        &resource.nonce,
        resource.associated_data.as_bytes(),
        &resource.ciphertext,
    )
    .ok_or(NotAuthentic::Undecryptable(proof.clone()))?;
    if let Ok(refund) = Members::from_bytes(&plaintext) {
        require_ours(account, &refund)?;
    }
    Ok(Authentic::enveloped(proof, delivery.body, plaintext))
}

fn verify(account: &WeChatPay, delivery: &Delivery<'_>) -> Result<Proof, Refusal> {
    let presented = signature_header(delivery.headers, "wechatpay-signature")?;
    if presented.starts_with(PROBE) {
        return Err(Refusal::SignatureProbe);
    }
    let signature = BASE64.decode(presented.as_bytes()).map_err(|_| Refusal::SignatureMalformed)?;
    match header(delivery.headers, "wechatpay-signature-type") {
        Header::Absent | Header::One(SIGNATURE_TYPE) => {}
        Header::One(_) | Header::Repeated => return Err(Refusal::UnsupportedAlgorithm),
    }
    let timestamp = signed_header(delivery.headers, "wechatpay-timestamp")?;
    let nonce = signed_header(delivery.headers, "wechatpay-nonce")?;
    let serial = signed_header(delivery.headers, "wechatpay-serial")?;
    require_fresh(delivery, timestamp, account.clock_skew_seconds)?;
    let key = find_key(&account.public_keys, serial).ok_or(Refusal::UnknownKey)?;

    let mut message = Vec::with_capacity(timestamp.len() + nonce.len() + delivery.body.len() + 3);
    for line in [timestamp.as_bytes(), nonce.as_bytes(), delivery.body] {
        message.extend_from_slice(line);
        message.push(b'\n');
    }
    key.verify(&message, &signature, SignatureForm::HeadersAndBody)
        .ok_or(Refusal::SignatureMismatch)
}

/// By plain look-up. During a switch both kinds of key are in use; never is every key tried.
fn find_key<'k>(keys: &'k [PublicKey], serial: &str) -> Option<&'k PublicKey> {
    keys.iter().find(|key| {
        let id = key.id().as_str();
        id == serial || (!id.starts_with(PUBLIC_KEY_ID) && id.eq_ignore_ascii_case(serial))
    })
}

fn require_ours(account: &WeChatPay, refund: &Members<'_>) -> Result<(), Refusal> {
    if refund.has_repeats("") || nested(refund, "amount").is_some_and(|it| it.has_repeats("")) {
        return Err(Refusal::RepeatedName);
    }
    let text = |name: &str| match refund.get(name) {
        Some(Literal::Text(text)) => Some(&**text),
        Some(Literal::Null | Literal::Boolean(_) | Literal::Number(_) | Literal::Nested(_))
        | None => None,
    };
    account.merchant.require(text("mchid"), text("sp_mchid"), text("sub_mchid"))
}

/// An object within an object.
pub(super) fn nested<'a>(members: &Members<'a>, name: &str) -> Option<Members<'a>> {
    match members.get(name) {
        Some(Literal::Nested(text)) => Members::from_text(text).ok(),
        Some(Literal::Null | Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_))
        | None => None,
    }
}

/// An encrypted resource, its lengths checked.
#[derive(Debug)]
pub(super) struct Resource {
    nonce: [u8; NONCE_BYTES],
    associated_data: String,
    ciphertext: Vec<u8>,
}

impl Resource {
    /// The resource of an envelope; `None` when that is not about a refund.
    pub(super) fn of(envelope: &Members<'_>) -> Result<Option<Self>, Unreadable> {
        let missing = |field| Unreadable { problem: Problem::MissingField, field };
        let invalid = |field| Unreadable { problem: Problem::InvalidText, field };
        let event_type = event_type(envelope).ok_or(missing("event_type"))?;
        if !event_type.starts_with(REFUND_EVENTS) {
            return Ok(None);
        }
        let resource = nested(envelope, "resource").ok_or(missing("resource"))?;
        let text = |name: &str| match resource.get(name) {
            Some(Literal::Text(text)) => Some(text.clone().into_owned()),
            Some(Literal::Null | Literal::Boolean(_) | Literal::Number(_) | Literal::Nested(_))
            | None => None,
        };
        if text("algorithm").as_deref() != Some(AES_256_GCM) {
            let problem = Problem::UnsupportedAlgorithm;
            return Err(Unreadable { problem, field: "algorithm" });
        }
        let nonce = text("nonce").ok_or(missing("nonce"))?;
        let ciphertext = text("ciphertext").ok_or(missing("ciphertext"))?;
        let ciphertext = BASE64.decode(ciphertext.as_bytes()).map_err(|_| invalid("ciphertext"))?;
        if ciphertext.len() < TAG_BYTES {
            return Err(invalid("ciphertext"));
        }
        Ok(Some(Self {
            nonce: nonce.as_bytes().try_into().map_err(|_| invalid("nonce"))?,
            associated_data: text("associated_data").unwrap_or_default(),
            ciphertext,
        }))
    }
}

/// What an envelope says it is about.
pub(super) fn event_type<'m>(envelope: &'m Members<'_>) -> Option<&'m str> {
    match envelope.get("event_type") {
        Some(Literal::Text(text)) => Some(text),
        Some(Literal::Null | Literal::Boolean(_) | Literal::Number(_) | Literal::Nested(_))
        | None => None,
    }
}
