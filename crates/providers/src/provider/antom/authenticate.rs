//! Antom's signature: RSA over the called path, two headers and the raw body.
//!
//! <https://docs.antom.com/ac/ams/digital_signature>.

use data_encoding::BASE64;

use super::Antom;
use super::wire::{OBJECTS, RSA256};
use crate::contract::{Authentic, Authenticate, Delivery, NotAuthentic, Refusal};
use crate::crypto::{PublicKey, SignatureForm};
use crate::kit::headers::{signature_header, signed_header};
use crate::kit::rules::{self, BodyForm, labels};
use crate::wire::document::Document;
use crate::wire::percent;

impl Authenticate for Antom {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        rules::require(delivery, BodyForm::Json)?;
        let presented = Presented::read(signature_header(delivery.headers, "signature")?)?;
        let client_id = signed_header(delivery.headers, "client-id")?;
        let request_time = signed_header(delivery.headers, "request-time")?;
        if client_id != self.client_id {
            return Err(Refusal::WrongAccount.into());
        }
        let keys = self.named_keys(presented.key_version.as_deref())?;
        let path = self.called_path(delivery.path_and_query);
        let message = signed_text(&path, client_id, request_time, delivery.body);
        let verify = |key: &PublicKey| {
            key.verify(&message, &presented.signature, SignatureForm::HeadersAndBody)
        };
        let proof = keys.iter().find_map(verify).ok_or(Refusal::SignatureMismatch)?;
        let document = Document::of(delivery.body);
        if document.members().is_ok_and(|members| members.has_repeats_in(&OBJECTS)) {
            return Err(Refusal::RepeatedName.into());
        }
        Ok(Authentic::new(proof, delivery.body))
    }
}

impl Antom {
    /// Returns the key of this `keyVersion`. The default of the page is the latest version. Only
    /// Antom knows which one that is during a rotation, so without a `keyVersion` every key of the
    /// account is tried, the newest first.
    pub(super) fn named_keys(&self, key_version: Option<&str>) -> Result<&[PublicKey], Refusal> {
        let Some(named) = key_version else { return Ok(&self.public_keys) };
        let find = |is_named: fn(&str, &str) -> bool| {
            self.public_keys.iter().find(|key| is_named(key.id().as_str(), named))
        };
        // Letter case says nothing, unless two keys differ in nothing else.
        let key = find(|id, named| id == named).or_else(|| find(str::eq_ignore_ascii_case));
        key.map(std::slice::from_ref).ok_or(Refusal::UnknownKey)
    }

    /// Returns the path that Antom called: the configured one if a proxy rewrites it.
    pub(super) fn called_path(&self, path_and_query: &str) -> String {
        match &self.external_path {
            None => path_and_query.to_owned(),
            Some(path) => match path_and_query.split_once('?') {
                Some((_, query)) => format!("{path}?{query}"),
                None => path.clone(),
            },
        }
    }
}

/// Returns the text that Antom signs.
pub(super) fn signed_text(path: &str, client_id: &str, request_time: &str, body: &[u8]) -> Vec<u8> {
    let mut message = format!("POST {path}\n{client_id}.{request_time}.").into_bytes();
    message.extend_from_slice(body);
    message
}

/// The header `algorithm=RSA256, keyVersion=1, signature=<URL-encoded base64>`.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) key_version: Option<String>,
    pub(super) signature: Vec<u8>,
}

impl Presented {
    /// Reads the header. The default of an absent `algorithm` is the only one that Antom documents
    /// (<https://docs.antom.com/ac/gcmc/apifund>).
    pub(super) fn read(header: &str) -> Result<Self, Refusal> {
        let malformed = Refusal::SignatureMalformed;
        let [algorithm, key_version, signature] =
            labels(header, ["algorithm", "keyVersion", "signature"])?;
        let signature = signature.ok_or(malformed)?;
        if !algorithm.unwrap_or(RSA256).eq_ignore_ascii_case(RSA256) {
            return Err(Refusal::UnsupportedAlgorithm);
        }
        let base64 = percent::decode(signature.as_bytes()).ok_or(malformed)?;
        let signature = BASE64.decode(&base64).map_err(|_| malformed)?;
        Ok(Self { key_version: key_version.map(str::to_owned), signature })
    }
}
