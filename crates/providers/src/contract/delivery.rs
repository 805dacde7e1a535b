//! A request as it arrived, and the same once it has been verified.

use std::borrow::Cow;

use http::HeaderMap;
use time::OffsetDateTime;

use crate::crypto::Proof;

/// One request to a `notify_url`, as it arrived. Nothing in it is to be believed.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The path and query that were called.
    pub path_and_query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
    /// When it arrived. Clock windows are judged at this moment, also on replay.
    pub received_at: OffsetDateTime,
}

/// A content and the proof that the provider vouches for it.
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

    /// Joins a content to the proof of the envelope that it was in.
    pub fn enveloped(proof: Proof, envelope: &'a [u8], content: Vec<u8>) -> Self {
        Self { proof, content: content.into(), envelope: Some(envelope) }
    }

    /// Which key vouches, and how.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The verified bytes that the content was in, where it was in any.
    pub fn envelope(&self) -> Option<&[u8]> {
        self.envelope
    }

    /// The bytes that were verified, or what they decrypt to.
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}
