//! The `Content-Type` of a delivery.

use http::header::CONTENT_TYPE;

use super::headers::{Header, header};
use crate::contract::{Delivery, Refusal};

/// Refuses a body whose `Content-Type` is not JSON. A missing `Content-Type` is accepted, and so is
/// every JSON type (`application/json; charset=utf-8`, `application/x+json`).
pub fn require_json(delivery: &Delivery<'_>) -> Result<(), Refusal> {
    let mut values = delivery.headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return match delivery.headers.contains_key(CONTENT_TYPE) {
            true => Err(Refusal::ContentType),
            false => Ok(()),
        };
    };
    let text = value.to_str().map_err(|_| Refusal::ContentType)?;
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = essence.is_empty()
        || essence == "application/json"
        || essence == "text/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json { Ok(()) } else { Err(Refusal::ContentType) }
}

/// Refuses a body whose `Content-Type` is not a URL-encoded form. A missing `Content-Type` is
/// accepted.
pub fn require_form(delivery: &Delivery<'_>) -> Result<(), Refusal> {
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
