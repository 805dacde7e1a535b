//! The stored form of a sealed delivery. In the place of its headers is an object that names the data
//! key. In the place of its body are the nonce and the ciphertext of both: the length of the headers in
//! four bytes, the headers and the body. The delivery's id is the associated data, so that the content
//! of one delivery does not open as that of another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use refund_providers::crypto::Secret;
use refund_providers::crypto::cipher::{NONCE_BYTES, open_gcm, seal_gcm};

/// What is stored in the place of headers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    sealed: Uuid,
}

/// Headers and a body in their stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub headers: String,
    pub body: Vec<u8>,
}

/// Returns the data key that the stored headers name, or `None` if they are not sealed.
pub(super) fn data_key_of(headers: &str) -> Option<Uuid> {
    // Most headers are a list, which needs no reader.
    if !headers.starts_with('{') {
        return None;
    }
    serde_json::from_str::<Marker>(headers).ok().map(|marker| marker.sealed)
}

/// Seals headers and a body with a data key. The nonce is new for each content.
pub(super) fn seal(
    delivery_id: Uuid,
    (data_key_id, data_key): (Uuid, &Secret),
    nonce: [u8; NONCE_BYTES],
    content: &Content,
) -> Option<Content> {
    let length = u32::try_from(content.headers.len()).ok()?;
    let mut plaintext = Vec::with_capacity(4 + content.headers.len() + content.body.len());
    plaintext.extend(length.to_be_bytes());
    plaintext.extend(content.headers.as_bytes());
    plaintext.extend(&content.body);
    let ciphertext = seal_gcm(data_key, &nonce, delivery_id.as_bytes(), &plaintext)?;
    let body = [&nonce[..], &ciphertext].concat();
    let headers = serde_json::to_string(&Marker { sealed: data_key_id }).ok()?;
    Some(Content { headers, body })
}

/// Opens what [`seal`] made, or returns `None` if the data key or the delivery is another one.
pub(super) fn open(delivery_id: Uuid, data_key: &Secret, sealed: &[u8]) -> Option<Content> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let data_key = std::slice::from_ref(data_key);
    let plaintext = open_gcm(data_key, nonce, delivery_id.as_bytes(), ciphertext)?;
    let (length, rest) = plaintext.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (headers, body) = rest.split_at_checked(length)?;
    Some(Content { headers: String::from_utf8(headers.to_vec()).ok()?, body: body.to_vec() })
}

#[cfg(test)]
mod tests {
    use refund_providers::crypto::Secret;
    use uuid::Uuid;

    use super::{Content, data_key_of, open, seal};

    #[test]
    fn a_content_opens_for_its_delivery_and_its_key_alone_and_only_unchanged() {
        let key = |byte| Secret::new([byte; 32]).unwrap();
        let (delivery, data_key_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let content = Content { headers: "[[\"a\",\"é\"]]".to_owned(), body: vec![0, 255, 1] };
        let sealed = seal(delivery, (data_key_id, &key(1)), [7; 12], &content).unwrap();
        assert_eq!(data_key_of(&sealed.headers), Some(data_key_id));
        assert_eq!(open(delivery, &key(1), &sealed.body), Some(content.clone()));
        assert_eq!(open(Uuid::from_u128(3), &key(1), &sealed.body), None);
        assert_eq!(open(delivery, &key(2), &sealed.body), None);
        for place in 0..sealed.body.len() {
            let mut changed = sealed.body.clone();
            changed[place] ^= 1;
            assert_eq!(open(delivery, &key(1), &changed), None, "{place}");
            assert_eq!(open(delivery, &key(1), &sealed.body[..place]), None, "{place}");
        }
        assert_eq!(data_key_of(&content.headers), None);
        assert_eq!(data_key_of("{}"), None);
    }
}
