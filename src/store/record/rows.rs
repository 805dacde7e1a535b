//! The rows of `refunds` and `refund_events` that a plan writes, and the events that it reads for
//! the fold.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use uuid::Uuid;

use refund_providers::refund::{Effect, EventDigest, RefundEvent, RefundState};

/// One row of `refund_inbox.refunds`.
#[derive(Clone, Debug)]
pub(in crate::store) struct RefundRecord<'a> {
    /// Whether the database has a row of this refund already.
    pub is_stored: bool,
    /// The position of its newest event among the new events of the group, from 1.
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

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Source {
    /// The provider reported it.
    Notification,
    /// Another refund of the order changed this refund.
    Derived,
}

impl Source {
    /// Returns the word for the source in the database.
    pub(in crate::store) fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "notification",
            Self::Derived => "derived",
        }
    }
}

/// One row of `refund_inbox.refund_events`, as it is written. The statement assigns its `seq` and
/// its `recorded_at`.
#[derive(Clone, Debug)]
pub(in crate::store) struct EventRow<'a> {
    pub event_id: Uuid,
    pub refund_id: Uuid,
    pub digest: EventDigest,
    pub delivery_id: Uuid,
    pub provider: Cow<'a, str>,
    pub account: String,
    pub source: Source,
    pub effect: Effect,
    pub received_at: OffsetDateTime,
    pub event: Cow<'a, RefundEvent>,
    /// The columns of the refund right after this event that differ from those of the event, as
    /// JSON; `None` if none differs.
    pub refund_after: Option<String>,
    /// The event of the same refund before this one, if it has one.
    pub previous: Option<PreviousEvent>,
}

/// An event of a refund before another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum PreviousEvent {
    /// It is in the same group, at this position among the new events, from 1.
    InGroup(i32),
    /// It is stored, with this `seq`.
    Stored(i64),
}

/// The same row, as it is read for the fold. The digest is the stored one, even if a later version
/// of this program would compute another.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "StoredColumns")]
pub(in crate::store) struct StoredEvent {
    pub event_id: Uuid,
    pub digest: EventDigest,
    pub delivery_id: Uuid,
    /// The delivery that replays this event's delivery and reads it otherwise.
    pub superseded_by: Option<Uuid>,
    pub event: RefundEvent,
}

/// The columns of a stored event.
#[derive(Deserialize)]
struct StoredColumns {
    event_id: Uuid,
    #[serde(deserialize_with = "from_bytea")]
    digest: EventDigest,
    delivery_id: Uuid,
    #[serde(default)]
    superseded_by: Option<Uuid>,
    /// When its texts were erased, in any form.
    #[serde(default)]
    erased_at: Option<String>,
    #[serde(flatten)]
    event: RefundEvent,
}

impl From<StoredColumns> for StoredEvent {
    fn from(columns: StoredColumns) -> Self {
        let StoredColumns { event_id, digest, delivery_id, superseded_by, erased_at, event } =
            columns;
        let digest_before_erasure = erased_at.map(|_| digest);
        let event = RefundEvent { digest_before_erasure, ..event };
        Self { event_id, digest, delivery_id, superseded_by, event }
    }
}

/// Reads a digest from the text form of `bytea`.
fn from_bytea<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventDigest, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = text.strip_prefix("\\x").unwrap_or(&text);
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).map_err(D::Error::custom)?;
    let bytes = bytes.try_into().map_err(|_| D::Error::custom("expected a digest of 32 bytes"))?;
    Ok(EventDigest(bytes))
}
