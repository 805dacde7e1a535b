//! A request in the form in which the store keeps it.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use uuid::Uuid;

use refund_providers::contract::Delivery;
use refund_providers::crypto::hash::sha256;
use refund_providers::wire::payload::storable;

/// A request that reached an account, in the form in which the store keeps it.
#[derive(Clone, Debug)]
pub struct ReceivedDelivery {
    /// The delivery id.
    pub delivery_id: Uuid,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The provider of its route.
    pub provider: &'static str,
    /// The account of its route.
    pub account: String,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// Its headers, as a JSON array of `[name, value]`. Each byte of a value is one character.
    pub headers: String,
    /// Its body.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

impl ReceivedDelivery {
    /// Copies everything that a delivery borrows.
    pub fn new(
        delivery_id: Uuid,
        provider: &'static str,
        account: &str,
        client_address: Option<String>,
        delivery: &Delivery<'_>,
    ) -> Self {
        Self {
            delivery_id,
            received_at: delivery.received_at,
            provider,
            account: account.to_owned(),
            client_address,
            path_and_query: storable(delivery.path_and_query).into_owned(),
            headers: headers_as_text(delivery.headers),
            body: delivery.body.to_vec(),
            body_sha256: sha256(delivery.body),
        }
    }

    /// Returns the approximate number of bytes that it holds in memory.
    pub fn weight(&self) -> usize {
        self.body.len() + self.headers.len() + self.path_and_query.len() + 256
    }
}

/// Writes headers as a JSON array of `[name, value]`, in order.
fn headers_as_text(headers: &HeaderMap) -> String {
    let pairs: Vec<(&str, Cow<'_, str>)> = headers
        .iter()
        .map(|(name, value)| {
            // Latin-1 keeps every byte. A header value contains no NUL, which Postgres would
            // refuse.
            let latin = || value.as_bytes().iter().copied().map(char::from).collect();
            (name.as_str(), value.to_str().map_or_else(|_| Cow::Owned(latin()), Cow::Borrowed))
        })
        .collect();
    // Strings can always be written as JSON.
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

/// Reads headers back, or returns `None` if [`headers_as_text`] did not write this text.
pub(in crate::store) fn headers_from_text(text: &str) -> Option<HeaderMap> {
    let kept: Vec<(String, String)> = serde_json::from_str(text).ok()?;
    let mut headers = HeaderMap::with_capacity(kept.len());
    for (name, value) in kept {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value: Vec<u8> = value.chars().map(u8::try_from).collect::<Result<_, _>>().ok()?;
        headers.append(name, HeaderValue::from_bytes(&value).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{headers_as_text, headers_from_text};

    #[test]
    fn headers_are_read_back_as_they_arrived_with_repeats_and_every_byte() {
        let mut headers = HeaderMap::new();
        let every_byte: Vec<u8> =
            std::iter::once(b'\t').chain(b' '..=b'~').chain(0x80..=0xff).collect();
        for value in [&every_byte[..], b"second", b"", b"second"] {
            headers.append("x-repeated", HeaderValue::from_bytes(value).unwrap());
            headers
                .append(HeaderName::from_static("other"), HeaderValue::from_static("\"quoted\""));
        }
        assert_eq!(headers_from_text(&headers_as_text(&headers)), Some(headers));
    }

    #[test]
    fn text_that_is_not_a_list_of_headers_is_not_read() {
        for text in [
            "",
            "{}",
            "[[\"a\"]]",
            "[[\"a b\",\"c\"]]",
            "[[\"a\",\"\\n\"]]",
            "[[\"a\",\"\u{100}\"]]",
        ] {
            assert_eq!(headers_from_text(text), None, "{text}");
        }
    }
}
