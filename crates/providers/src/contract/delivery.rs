//! A request as it arrived, and the same request after verification.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use time::OffsetDateTime;

use crate::crypto::{CredentialDigest, Proof};

/// One request to a `notify_url`, as it arrived. Nothing in it is verified.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The path and query that the sender called.
    pub path_and_query: &'a str,
    /// All headers that are not in `redacted`.
    pub headers: &'a HeaderMap,
    /// The headers with a token or password, of which only digests were kept. A live delivery has
    /// none, whatever its sender writes: these come from the database only.
    pub redacted: &'a [RedactedHeader],
    /// The whole body.
    pub body: &'a [u8],
    /// The time of receipt. A window for the time of signing is judged at this time, also when the
    /// delivery is replayed later.
    pub received_at: OffsetDateTime,
}

/// A header of a stored delivery whose value is a token or password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactedHeader {
    /// The header's name.
    pub name: HeaderName,
    /// What was kept of its value.
    pub digest: CredentialDigest,
}

/// A content together with the proof that the provider sent it.
#[derive(Clone, Debug)]
pub struct Authentic<'a> {
    proof: Proof,
    content: Cow<'a, [u8]>,
    envelope: Option<&'a [u8]>,
}

impl<'a> Authentic<'a> {
    /// Joins a content to the proof that was just made for it.
    pub fn new(proof: Proof, content: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { proof, content: content.into(), envelope: None }
    }

    /// Joins a content to the proof of the envelope that contained it.
    pub fn enveloped(proof: Proof, envelope: &'a [u8], content: Vec<u8>) -> Self {
        Self { proof, content: content.into(), envelope: Some(envelope) }
    }

    /// Returns the proof: which key verified the content, and how.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Returns the verified bytes around the content, or `None` if it was in no envelope.
    pub fn envelope(&self) -> Option<&[u8]> {
        self.envelope
    }

    /// Returns the bytes that were verified, or what they decrypted to.
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}
