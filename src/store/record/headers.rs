//! The stored form of headers: a JSON array of `[name, value]`.
//!
//! A value is text in which each byte is one character. The value of a header with a token or
//! password is instead an object with a salted digest. A sender can write text only, so nothing that
//! it sends is read back as a digest.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use refund_providers::contract::{Delivery, RedactedHeader};
use refund_providers::crypto::{CredentialDigest, Salt};
use refund_providers::provider::registry::is_credential;

/// The headers of a stored delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredHeaders {
    /// Those that are stored as they arrived.
    pub plain: HeaderMap,
    /// Those of which a digest is stored.
    pub redacted: Vec<RedactedHeader>,
}

/// The stored form of a value.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredValue<'a> {
    Plain(Cow<'a, str>),
    Redacted(CredentialDigest),
}

/// Writes the headers of a delivery, in order, with digests in place of credentials. An empty value
/// is no credential.
pub(super) fn headers_as_text(delivery: &Delivery<'_>, salt: Salt) -> String {
    let arrived = delivery.headers.iter();
    let arrived = arrived.map(|(name, value)| (name.as_str(), stored_value(name, value, salt)));
    let kept = delivery.redacted.iter();
    let kept = kept.map(|header| (header.name.as_str(), StoredValue::Redacted(header.digest)));
    let pairs: Vec<(&str, StoredValue<'_>)> = arrived.chain(kept).collect();
    // Strings can always be written as JSON.
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

fn stored_value<'a>(name: &HeaderName, value: &'a HeaderValue, salt: Salt) -> StoredValue<'a> {
    let credential = value.as_bytes().trim_ascii();
    if is_credential(name) && !credential.is_empty() {
        return StoredValue::Redacted(CredentialDigest::salted(credential, salt));
    }
    // Latin-1 keeps every byte. A header value contains no NUL, which Postgres would refuse.
    let latin = || value.as_bytes().iter().copied().map(char::from).collect();
    StoredValue::Plain(value.to_str().map_or_else(|_| Cow::Owned(latin()), Cow::Borrowed))
}

/// Reads headers back, or returns `None` if [`headers_as_text`] did not write this text.
pub(in crate::store) fn headers_from_text(text: &str) -> Option<StoredHeaders> {
    let kept: Vec<(String, StoredValue<'_>)> = serde_json::from_str(text).ok()?;
    let mut headers = StoredHeaders::default();
    for (name, value) in kept {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        match value {
            StoredValue::Plain(value) => {
                let value: Vec<u8> =
                    value.chars().map(u8::try_from).collect::<Result<_, _>>().ok()?;
                headers.plain.append(name, HeaderValue::from_bytes(&value).ok()?);
            }
            StoredValue::Redacted(digest) => {
                headers.redacted.push(RedactedHeader { name, digest });
            }
        }
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use refund_providers::contract::{Delivery, RedactedHeader};
    use refund_providers::crypto::{CredentialDigest, Salt};
    use time::OffsetDateTime;

    use super::{StoredHeaders, headers_as_text, headers_from_text};

    fn written(headers: &HeaderMap, redacted: &[RedactedHeader], salt: u8) -> String {
        let delivery = Delivery {
            path_and_query: "/",
            headers,
            redacted,
            body: b"",
            received_at: OffsetDateTime::UNIX_EPOCH,
        };
        headers_as_text(&delivery, Salt::new([salt; 16]))
    }

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
        let expected = StoredHeaders { plain: headers.clone(), redacted: Vec::new() };
        assert_eq!(headers_from_text(&written(&headers, &[], 1)), Some(expected));
    }

    #[test]
    fn a_credential_is_stored_as_its_digest_with_its_salt_also_when_it_is_stored_again() {
        let mut headers = HeaderMap::new();
        for value in ["Bearer canary-1", "canary-\u{f6}", ""] {
            headers.append("authorization", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers.append("cookie", HeaderValue::from_static("canary-3"));
        headers.append("x-signature", HeaderValue::from_static("kept"));
        let text = written(&headers, &[], 1);
        assert!(!text.contains("canary") && text.contains("kept"), "{text}");
        let stored = headers_from_text(&text).unwrap();
        let digest = |value: &str| CredentialDigest::salted(value.as_bytes(), Salt::new([1; 16]));
        let found: Vec<_> =
            stored.redacted.iter().map(|it| (it.name.as_str(), it.digest)).collect();
        let expected = [
            ("authorization", digest("Bearer canary-1")),
            ("authorization", digest("canary-\u{f6}")),
            ("cookie", digest("canary-3")),
        ];
        assert_eq!(found, expected);
        assert_eq!(stored.plain.get_all("authorization").iter().count(), 1);
        let again = headers_from_text(&written(&stored.plain, &stored.redacted, 2)).unwrap();
        assert_eq!(again, stored);
    }

    #[test]
    fn text_that_looks_like_a_digest_is_read_back_as_text() {
        let digest = CredentialDigest::salted(b"token", Salt::new([1; 16]));
        let imitation = serde_json::to_string(&digest).unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-other", HeaderValue::from_str(&imitation).unwrap());
        headers.append("authorization", HeaderValue::from_str(&imitation).unwrap());
        let stored = headers_from_text(&written(&headers, &[], 1)).unwrap();
        assert_eq!(stored.plain["x-other"], *imitation);
        assert_eq!(stored.redacted.len(), 1);
        assert_ne!(stored.redacted[0].digest, digest);
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
            "[[\"a\",{\"salt\":\"\",\"sha256\":\"\"}]]",
        ] {
            assert_eq!(headers_from_text(text), None, "{text}");
        }
    }
}
