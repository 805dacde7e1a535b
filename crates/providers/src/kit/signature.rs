//! Signatures that are members of the signed object.

use crate::contract::Refusal;
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
