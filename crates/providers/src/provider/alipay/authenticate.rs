//! Alipay's signature: RSA over the sorted, once-decoded parameters, as bytes.
//!
//! <https://opendocs.alipay.com/open-v3/05w3qh>. Only the body counts; a query is ignored.

use data_encoding::BASE64;
use http::header::CONTENT_TYPE;

use super::Alipay;
use super::wire::{BIZ_CONTENT, CONSUMED, PERSONAL, SIGN, SIGN_TYPE};
use crate::contract::{Authentic, Delivery, Refusal};
use crate::crypto::{Proof, PublicKey, SignatureForm};
use crate::kit::headers::{Header, header};
use crate::wire::form::Pairs;
use crate::wire::json::Members;

/// Which hash a message is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha1,
}

pub(super) fn authenticate<'d>(
    account: &Alipay,
    delivery: &Delivery<'d>,
) -> Result<Authentic<'d>, Refusal> {
    require_form(delivery)?;
    let pairs = Pairs::from_bytes(delivery.body).map_err(|_| Refusal::MalformedBody)?;
    if pairs.has_repeats(SIGN) {
        return Err(Refusal::RepeatedName);
    }
    let signature = presented(&pairs)?;
    let algorithm = match pairs.get(SIGN_TYPE) {
        Some(b"RSA2") => Algorithm::Sha256,
        // Never because the request asks for it: the account must allow it.
        Some(b"RSA") if account.allow_sha1 => Algorithm::Sha1,
        Some(_) | None => return Err(Refusal::UnsupportedAlgorithm),
    };
    let proof = verify(account, &pairs, &signature, algorithm)?;
    require_ours(account, &pairs)?;
    if is_ambiguous(&pairs) {
        return Err(Refusal::AmbiguousValue);
    }
    if let Some(content) = present(&pairs, BIZ_CONTENT)
        && present(&pairs, "msg_method") == Some(super::wire::DEPOSIT_BACK.as_bytes())
        && Members::from_bytes(content).is_ok_and(|members| members.has_repeats(""))
    {
        return Err(Refusal::RepeatedName);
    }
    Ok(Authentic::new(proof, delivery.body))
}

/// A parameter that is there and not empty. Whether empty ones are signed is not documented, so
/// anybody could add one: it must mean nothing.
pub(super) fn present<'p>(pairs: &'p Pairs<'_>, name: &str) -> Option<&'p [u8]> {
    pairs.get(name).filter(|value| !value.is_empty())
}

fn require_form(delivery: &Delivery<'_>) -> Result<(), Refusal> {
    match header(delivery.headers, CONTENT_TYPE.as_str()) {
        Header::Absent => Ok(()),
        Header::One(value) => {
            let essence = value.split(';').next().unwrap_or_default().trim();
            let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
            if is_form { Ok(()) } else { Err(Refusal::ContentType) }
        }
        Header::Repeated => Err(Refusal::ContentType),
    }
}

fn presented(pairs: &Pairs<'_>) -> Result<Vec<u8>, Refusal> {
    match (pairs.count(SIGN), pairs.get(SIGN)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(b"")) => Err(Refusal::SignatureMalformed),
        (1, Some(base64)) => BASE64.decode(base64).map_err(|_| Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}

/// Whether empty values are signed is not documented, nor whether `sign_type` is in messages of
/// the gateway. Each reading is a signature over the full content, so accepting any is safe.
fn verify(
    account: &Alipay,
    pairs: &Pairs<'_>,
    signature: &[u8],
    algorithm: Algorithm,
) -> Result<Proof, Refusal> {
    let attempt = |left_out: &[&str], keep_empty: bool, form: SignatureForm| {
        let text = pairs.signed_text(left_out, keep_empty);
        account.public_keys.iter().find_map(|key: &PublicKey| match algorithm {
            Algorithm::Sha256 => key.verify(&text, signature, form),
            Algorithm::Sha1 => key.verify_sha1(&text, signature, form),
        })
    };
    let both = [SIGN, SIGN_TYPE];
    if let Some(proof) = attempt(&both, true, SignatureForm::EmptyKept) {
        return Ok(proof);
    }
    if pairs.iter().any(|(_, value)| value.is_empty())
        && let Some(proof) = attempt(&both, false, SignatureForm::EmptyLeftOut)
    {
        return Ok(proof);
    }
    if present(pairs, "msg_method").is_some()
        && let Some(proof) = attempt(&[SIGN], true, SignatureForm::SignTypeKept)
    {
        return Ok(proof);
    }
    Err(Refusal::SignatureMismatch)
}

fn require_ours(account: &Alipay, pairs: &Pairs<'_>) -> Result<(), Refusal> {
    let is_gateway = present(pairs, "msg_method").is_some();
    let ours = pairs.get("app_id") == Some(account.app_id.as_bytes())
        && (is_gateway
            || account.seller_id.is_none()
            || pairs.get("seller_id") == account.seller_id.as_deref().map(str::as_bytes));
    if ours { Ok(()) } else { Err(Refusal::WrongAccount) }
}

/// Nothing in the signed text is escaped, so a message could be cut into other parameters.
fn is_ambiguous(pairs: &Pairs<'_>) -> bool {
    pairs.iter().any(|(name, value)| {
        if name.iter().any(|byte| matches!(byte, b'&' | b'=') || byte.is_ascii_control()) {
            return true;
        }
        // Without this separator nothing can be cut.
        if !value.contains(&b'&') {
            return false;
        }
        let is_read = CONSUMED.iter().any(|known| known.as_bytes() == name);
        if is_read && name != BIZ_CONTENT.as_bytes() {
            return value.contains(&b'=');
        }
        value.split(|byte| *byte == b'&').skip(1).any(begins_a_parameter)
    })
}

fn begins_a_parameter(part: &[u8]) -> bool {
    let end = part.iter().position(|byte| *byte == b'=');
    let name = end.and_then(|end| part.get(..end));
    // A personal field within another value would escape its mask.
    let mut known = CONSUMED.iter().chain(&PERSONAL);
    name.is_some_and(|name| known.any(|known| known.as_bytes() == name))
}
