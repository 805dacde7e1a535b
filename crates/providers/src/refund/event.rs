//! One event of one refund, as a provider reported it.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Facts, Flag, RefundStatus, Unread};

/// The identity of a refund within an account. For most providers it is the merchant's refund id.
/// If that is not unique, the provider's page says what else belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefundKey(String);

impl RefundKey {
    /// Makes a key of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The grade of the proof that the provider sent the event, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authenticity {
    /// A shared token came with the message. The content is not signed.
    Bearer,
    /// A signature binds only a checksum of the content.
    Checksum,
    /// The content decrypted under a shared key. Nothing else proves it.
    Decrypted,
    /// A signature or keyed digest over the content was verified.
    Verified,
}

impl Authenticity {
    /// Returns the rank of the grade. A lower grade never replaces a final status of a higher one.
    pub fn grade(self) -> u8 {
        match self {
            Self::Bearer => 0,
            Self::Checksum => 1,
            Self::Decrypted => 2,
            Self::Verified => 3,
        }
    }

    /// Returns the word for the grade in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Checksum => "checksum",
            Self::Decrypted => "decrypted",
            Self::Verified => "verified",
        }
    }
}

/// One event of one refund, in the same form for all providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundEvent {
    /// The identity of the refund within the account.
    #[serde(rename = "refund_key")]
    pub key: RefundKey,
    /// The merchant's id of the refund, or the provider's if the provider carries none of the
    /// merchant's.
    pub merchant_refund_id: String,
    /// The status of the refund.
    pub status: RefundStatus,
    /// The provider's word for the status.
    pub provider_status: String,
    /// The grade of the proof that the provider sent the event.
    pub authenticity: Authenticity,
    /// The ISO 4217 code of all amounts, or `None` if the event contains no currency that can be
    /// read. Then it contains no amounts either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The decimals of the minor unit of all amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_exponent: Option<u8>,
    /// When the event happened, by the provider's clock.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub occurred_at: Option<OffsetDateTime>,
    /// The rank of the event's kind among the kinds of event that the provider has, if the
    /// provider's page ranks them. It decides before any time. See [`rank`](super::rank).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_rank: Option<u8>,
    /// The order whose refunds have running totals, if the provider reports those. The amount of
    /// each refund depends on all of them (see [`running_total`](super::running_total)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cumulative_within: Option<String>,
    /// Everything else that the provider reported.
    #[serde(flatten)]
    pub facts: Facts,
    /// The fields that the provider sent and that we could not read.
    #[serde(flatten)]
    pub unread: Unread,
    /// What looks wrong in the event.
    #[serde(deserialize_with = "known_flags")]
    pub flags: BTreeSet<Flag>,
    /// The verified content as JSON, with personal fields masked and without the signature.
    #[serde(skip_deserializing)]
    pub payload: Payload,
    /// The digest from before texts of the event were erased. The event keeps it, so that it ranks
    /// as before and a repeat is still recognized.
    #[serde(skip)]
    pub digest_before_erasure: Option<EventDigest>,
}

/// Reads the flags that this version of the program knows. A later version may have stored others.
fn known_flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Flag>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(Flag::ALL
        .into_iter()
        .filter(|flag| words.iter().any(|word| word == flag.as_str()))
        .collect())
}

/// JSON text that is stored and shown without changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload(String);

impl Payload {
    /// Takes the text that [`crate::wire::payload`] wrote.
    pub fn new(json: String) -> Self {
        Self(json)
    }

    /// Returns the JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// The digest that makes an event distinct: two notifications with the same digest report the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventDigest(pub [u8; 32]);

impl RefundEvent {
    /// The rank of a kind of event that says nothing new about the status of its refund. The status
    /// of such an event is `unknown`, which every other event replaces.
    pub const NO_NEWS: u8 = 0;

    /// Returns whether the event has a status word that the provider's documentation does not
    /// explain. An event that says nothing about the status has none.
    pub fn has_unknown_word(&self) -> bool {
        self.status == RefundStatus::Unknown && self.kind_rank != Some(Self::NO_NEWS)
    }

    /// Returns the digest of everything except the payload, as the provider reported it. The payload
    /// contains parts that change each time the provider sends the event, such as the time of
    /// sending.
    pub fn digest(&self) -> EventDigest {
        if let Some(digest) = self.digest_before_erasure {
            return digest;
        }
        let mut hasher = Sha256::new();
        let mut part = |name: &str, value: &str| {
            // Lengths keep neighbours apart; names keep an absent fact apart from an empty one.
            hasher.update(name.as_bytes());
            hasher.update((value.len() as u64).to_be_bytes());
            hasher.update(value.as_bytes());
        };
        part("refund_key", self.key.as_str());
        part("merchant_refund_id", &self.merchant_refund_id);
        part("status", self.status.as_str());
        part("provider_status", &self.provider_status);
        part("authenticity", self.authenticity.as_str());
        if let Some(currency) = &self.currency {
            part("currency", currency);
        }
        if let Some(exponent) = self.currency_exponent {
            part("currency_exponent", &exponent.to_string());
        }
        if let Some(at) = self.occurred_at {
            part("occurred_at", &at.unix_timestamp_nanos().to_string());
        }
        if let Some(rank) = self.kind_rank {
            part("kind_rank", &rank.to_string());
        }
        self.facts.each_known(&mut part);
        for (field, fact) in self.unread.iter() {
            part("unread", &format!("{field}={fact}"));
        }
        for flag in &self.flags {
            part("flag", flag.as_str());
        }
        EventDigest(hasher.finalize().into())
    }
}
