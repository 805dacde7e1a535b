//! One thing that a provider said about one refund.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Facts, Flag, RefundStatus};

/// What makes a refund one refund within an account. For most providers it is the merchant's
/// refund number; where that alone is not unique the provider's page says what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefundKey(String);

impl RefundKey {
    /// The key made of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How sure we are that the provider said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authenticity {
    /// Nothing but successful decryption under a shared key speaks for it.
    Decrypted,
    /// A signature or keyed digest over the content was verified.
    Verified,
}

impl Authenticity {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decrypted => "decrypted",
            Self::Verified => "verified",
        }
    }
}

/// One thing that a provider said about one refund, in our words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundEvent {
    /// Which refund of the account.
    #[serde(rename = "refund_key")]
    pub key: RefundKey,
    /// The merchant's number of the refund.
    pub merchant_refund_id: String,
    /// What the refund has come to, by this event.
    pub status: RefundStatus,
    /// The provider's own word for that.
    pub provider_status: String,
    /// How sure we are that the provider said it.
    pub authenticity: Authenticity,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// Decimals of the minor unit of all amounts.
    pub currency_exponent: u8,
    /// When it happened, by the provider's clock.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub occurred_at: Option<OffsetDateTime>,
    /// Where amounts are told as running totals: the order whose refunds must be known together
    /// for the amount of each (see [`running_total`](super::running_total)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cumulative_within: Option<String>,
    /// Everything else it tells.
    #[serde(flatten)]
    pub facts: Facts,
    /// What does not add up in it.
    #[serde(deserialize_with = "known_flags")]
    pub flags: BTreeSet<Flag>,
    /// What was verified, as JSON, personal fields masked, signature left out.
    #[serde(skip_deserializing)]
    pub payload: Payload,
}

/// The flags that this version of the program knows: a later one may have stored others.
fn known_flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Flag>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(Flag::ALL
        .into_iter()
        .filter(|flag| words.iter().any(|word| word == flag.as_str()))
        .collect())
}

/// JSON text that goes to the database and to readers as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload(String);

impl Payload {
    /// Takes text that [`crate::wire::payload`] wrote.
    pub fn new(json: String) -> Self {
        Self(json)
    }

    /// The JSON text.
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

/// What makes an event distinct: two notifications with the same digest said the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventDigest(pub [u8; 32]);

impl RefundEvent {
    /// The digest of everything the event means. The payload is left out: a provider's envelope
    /// (its send time, its notification id) changes from one sending to the next.
    pub fn digest(&self) -> EventDigest {
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
        part("currency", &self.currency);
        part("currency_exponent", &self.currency_exponent.to_string());
        if let Some(at) = self.occurred_at {
            part("occurred_at", &at.unix_timestamp_nanos().to_string());
        }
        self.facts.each_known(&mut part);
        for flag in &self.flags {
            part("flag", flag.as_str());
        }
        EventDigest(hasher.finalize().into())
    }
}
