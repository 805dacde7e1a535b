//! Signatures that are members of the signed object, or parameters of the signed form.

use data_encoding::BASE64;

use crate::contract::Refusal;
use crate::wire::form::Pairs;
use crate::wire::json::{Literal, Members};

/// Returns the signature in the member `name`.
///
/// # Errors
/// Refuses a signature that is absent, repeated, empty or not text.
pub fn signature_member<'m>(members: &'m Members<'_>, name: &str) -> Result<&'m str, Refusal> {
    match (members.count(name), members.get(name)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(Literal::Text(text))) if !text.is_empty() => Ok(text),
        (1, Some(_)) => Err(Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}

/// Returns the signature in the parameter `name`, in the only spelling of its padded base64.
///
/// # Errors
/// Refuses a signature that is absent, repeated, empty or not base64.
pub fn signature_parameter(pairs: &Pairs<'_>, name: &str) -> Result<Vec<u8>, Refusal> {
    match (pairs.count(name), pairs.get(name)) {
        (0, _) | (_, None) => Err(Refusal::SignatureMissing),
        (1, Some(b"")) => Err(Refusal::SignatureMalformed),
        (1, Some(base64)) => BASE64.decode(base64).map_err(|_| Refusal::SignatureMalformed),
        (_, Some(_)) => Err(Refusal::SignatureRepeated),
    }
}
