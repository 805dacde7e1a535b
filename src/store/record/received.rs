//! A request as it is kept.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use uuid::Uuid;

use refund_providers::contract::Delivery;
use refund_providers::crypto::hash::sha256;
use refund_providers::wire::payload::storable;

/// A request that reached an account, as it is kept.
#[derive(Clone, Debug)]
pub struct ReceivedDelivery {
    /// Our number of the delivery.
    pub delivery_id: Uuid,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The provider of its route.
    pub provider: &'static str,
    /// The account of its route.
    pub account: String,
    /// Where it came from.
    pub client_address: Option<String>,
    /// The path and query that were called.
    pub path_and_query: String,
    /// Its headers, as a JSON array of `[name, value]`, each byte of a value one character.
    pub headers: String,
    /// Its body.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

impl ReceivedDelivery {
    /// Copies what a delivery borrows.
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

    /// How much memory it holds, about.
    pub fn weight(&self) -> usize {
        self.body.len() + self.headers.len() + self.path_and_query.len() + 256
    }
}

/// Headers as they are kept: a JSON array of `[name, value]`, in order.
fn headers_as_text(headers: &HeaderMap) -> String {
    let pairs: Vec<(&str, Cow<'_, str>)> = headers
        .iter()
        .map(|(name, value)| {
            // Latin-1 keeps every byte; a header value holds no NUL.
            let latin = || value.as_bytes().iter().copied().map(char::from).collect();
            (name.as_str(), value.to_str().map_or_else(|_| Cow::Owned(latin()), Cow::Borrowed))
        })
        .collect();
    // Text always is JSON.
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

/// Headers as they arrived; none where the text is not what [`headers_as_text`] writes.
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
    fn headers_come_back_as_they_arrived_repeats_and_every_byte_included() {
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
    fn what_is_no_list_of_headers_is_none() {
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
