//! Headers that providers sign, and headers that contain signatures.

use http::HeaderMap;

use crate::contract::Refusal;

/// The values of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header<'a> {
    /// No value.
    Absent,
    /// One value without surrounding white space. It is empty if it is not visible ASCII text.
    One(&'a str),
    /// More than one value.
    Repeated,
}

/// Returns the values of a header.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Header<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Absent,
        (Some(value), None) => Header::One(value.to_str().unwrap_or_default().trim()),
        (Some(_), Some(_)) => Header::Repeated,
    }
}

/// Returns the value of a signed header.
///
/// # Errors
/// Refuses a header that is absent, empty or repeated.
pub fn signed_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    match header(headers, name) {
        Header::Absent | Header::One("") => Err(Refusal::HeaderMissing),
        Header::One(value) => Ok(value),
        Header::Repeated => Err(Refusal::HeaderRepeated),
    }
}

/// Returns the value of the header that contains the signature.
///
/// # Errors
/// Refuses a header that is absent, empty or repeated.
pub fn signature_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    match header(headers, name) {
        Header::Absent => Err(Refusal::SignatureMissing),
        Header::One("") => Err(Refusal::SignatureMalformed),
        Header::One(value) => Ok(value),
        Header::Repeated => Err(Refusal::SignatureRepeated),
    }
}
