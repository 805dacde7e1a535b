//! Rows of `refunds` and `refund_events`: as the plan says they are to be written, and as events
//! are read for the fold.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use uuid::Uuid;

use refund_providers::refund::{Effect, EventDigest, RefundEvent, RefundState};

/// One row of `refund_inbox.refunds`.
#[derive(Clone, Debug)]
pub(super) struct RefundRecord<'a> {
    /// Whether the database has a row of it already.
    pub is_stored: bool,
    /// The place of its newest event among those written with it, from 1.
    pub newest_event: Option<i32>,
    pub refund_id: Uuid,
    pub provider: &'a str,
    pub account: &'a str,
    pub refund_key: &'a str,
    pub state: &'a RefundState,
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    pub event_count: i32,
}

/// One row of `refund_inbox.refund_events`, as it is written. Its `seq` is given by the statement.
#[derive(Clone, Debug)]
pub(super) struct EventRecord<'a> {
    pub event_id: Uuid,
    pub refund_id: Uuid,
    pub digest: EventDigest,
    pub delivery_id: Uuid,
    pub provider: &'a str,
    pub account: &'a str,
    pub effect: Effect,
    pub received_at: OffsetDateTime,
    pub event: &'a RefundEvent,
}

/// The same row as it is read back for the fold. The digest is the one that was stored: what a
/// later version of this program would compute does not matter.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct StoredEvent {
    pub event_id: Uuid,
    #[serde(deserialize_with = "from_bytea")]
    pub digest: EventDigest,
    #[serde(flatten)]
    pub event: RefundEvent,
}

fn from_bytea<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventDigest, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("\\x").unwrap_or(&text);
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).map_err(D::Error::custom)?;
    let bytes = bytes.try_into().map_err(|_| D::Error::custom("expected a digest of 32 bytes"))?;
    Ok(EventDigest(bytes))
}
