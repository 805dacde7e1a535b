//! The relay's signature: HMAC-SHA-256 over timestamp and body. Our own convention.

use super::Relay;
use super::wire::{SIGNATURE, TIMESTAMP, VERSION};
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::hash::verify_hmac_sha256;
use crate::crypto::{HexDigest, SignatureForm};
use crate::kit::freshness::require_fresh;
use crate::kit::headers::{signature_header, signed_header};
use crate::wire::json::Members;

pub(super) fn authenticate<'d>(
    relay: &Relay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, Refusal> {
    let presented = signature_header(delivery.headers, SIGNATURE)?;
    let digits = presented.strip_prefix(VERSION).ok_or(Refusal::SignatureMalformed)?;
    let digest = HexDigest::parse(digits).ok_or(Refusal::SignatureMalformed)?;
    let timestamp = signed_header(delivery.headers, TIMESTAMP)?;
    require_fresh(delivery, timestamp, relay.clock_skew_seconds)?;
    let parts = [timestamp.as_bytes(), b".", delivery.body];
    let form = SignatureForm::TimestampAndBody;
    let proof = verify_hmac_sha256(&relay.secrets, &parts, &digest, form)
        .ok_or(Refusal::SignatureMismatch)?;
    if Members::from_bytes(delivery.body).is_ok_and(|members| members.has_repeats("")) {
        return Err(Refusal::RepeatedName);
    }
    Ok(Authentic::new(proof, delivery.body))
}
