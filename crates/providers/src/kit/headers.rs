//! The headers that providers sign.

use http::HeaderMap;

use crate::contract::Refusal;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header<'a> {
    /// Nothing.
    Absent,
    /// One value, white space around it left out; empty where it is no visible text.
    One(&'a str),
    /// More than one.
    Repeated,
}

/// Looks a header up.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Header<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Absent,
        (Some(value), None) => Header::One(value.to_str().unwrap_or_default().trim()),
        (Some(_), Some(_)) => Header::Repeated,
    }
}

/// A header that is part of what is signed: exactly once and not empty.
pub fn signed_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    match header(headers, name) {
        Header::Absent | Header::One("") => Err(Refusal::HeaderMissing),
        Header::One(value) => Ok(value),
        Header::Repeated => Err(Refusal::HeaderRepeated),
    }
}

/// The header that holds the signature: exactly once and not empty.
pub fn signature_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    match header(headers, name) {
        Header::Absent => Err(Refusal::SignatureMissing),
        Header::One("") => Err(Refusal::SignatureMalformed),
        Header::One(value) => Ok(value),
        Header::Repeated => Err(Refusal::SignatureRepeated),
    }
}
