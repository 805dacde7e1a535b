//! Antom's signature: RSA over the called path, two headers and the raw body.
//!
//! <https://docs.antom.com/ac/ams/digital_signature>.

use data_encoding::BASE64;

use super::Antom;
use super::wire::{OBJECTS, RSA256};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::SignatureForm;
use crate::kit::content_type::require_json;
use crate::kit::headers::{signature_header, signed_header};
use crate::wire::document::Document;
use crate::wire::percent;

impl Authenticate for Antom {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        require_json(delivery)?;
        let presented = Presented::read(signature_header(delivery.headers, "signature")?)?;
        let client_id = signed_header(delivery.headers, "client-id")?;
        let request_time = signed_header(delivery.headers, "request-time")?;
        if client_id != self.client_id {
            return Err(Refusal::WrongAccount.into());
        }
        let is_named = |id: &str| id == presented.key_version;
        let key = self.public_keys.iter().find(|key| is_named(key.id().as_str()));
        let key = key.ok_or(Refusal::UnknownKey)?;

        let path = self.called_path(delivery.path_and_query);
        let mut message = format!("POST {path}\n{client_id}.{request_time}.").into_bytes();
        message.extend_from_slice(delivery.body);
        let proof = key
            .verify(&message, &presented.signature, SignatureForm::HeadersAndBody)
            .ok_or(Refusal::SignatureMismatch)?;
        let document = Document::of(delivery.body);
        if document.members().is_ok_and(|members| members.has_repeats_in(&OBJECTS)) {
            return Err(Refusal::RepeatedName.into());
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}

impl Antom {
    /// Returns the path that Antom called: the configured one if a proxy rewrites it.
    fn called_path(&self, path_and_query: &str) -> String {
        match &self.external_path {
            None => path_and_query.to_owned(),
            Some(path) => match path_and_query.split_once('?') {
                Some((_, query)) => format!("{path}?{query}"),
                None => path.clone(),
            },
        }
    }
}

/// The header `algorithm=RSA256, keyVersion=1, signature=<URL-encoded base64>`.
#[derive(Debug)]
struct Presented {
    key_version: String,
    signature: Vec<u8>,
}

impl Presented {
    fn read(header: &str) -> Result<Self, Refusal> {
        let malformed = Refusal::SignatureMalformed;
        let (mut algorithm, mut key_version, mut signature) = (None, None, None);
        for part in header.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(malformed)?;
            let place = match name.trim() {
                "algorithm" => &mut algorithm,
                "keyVersion" => &mut key_version,
                "signature" => &mut signature,
                _ => continue,
            };
            let value = value.trim();
            if value.is_empty() || place.replace(value).is_some() {
                return Err(malformed);
            }
        }
        let (Some(algorithm), Some(key_version), Some(signature)) =
            (algorithm, key_version, signature)
        else {
            return Err(malformed);
        };
        if algorithm != RSA256 {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let base64 = percent::decode(signature.as_bytes()).ok_or(malformed)?;
        let signature = BASE64.decode(&base64).map_err(|_| malformed)?;
        Ok(Self { key_version: key_version.to_owned(), signature })
    }
}
