//! The `Content-Type` of a delivery.

use http::header::CONTENT_TYPE;

use crate::contract::{Delivery, Refusal};

/// Refuses a body that says it is something other than JSON. No `Content-Type` at all is let
/// pass, and so is every JSON one (`application/json; charset=utf-8`, `application/x+json`).
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
