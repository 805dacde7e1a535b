//! Rows of `refunds` and `refund_events` as JSON, the form in which whole groups go to the
//! database and events come back: one parameter for a statement, whatever the number of rows and
//! columns. `jsonb_populate_recordset` gives every value its column's type.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::refund::{Effect, EventDigest, RefundEvent, RefundState};

/// One row of `refund_inbox.refunds`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RefundRecord {
    pub refund_id: Uuid,
    pub provider: String,
    pub account: String,
    pub refund_key: String,
    #[serde(flatten)]
    pub state: RefundState,
    #[serde(with = "time::serde::rfc3339")]
    pub first_received_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub last_received_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    pub event_count: i32,
}

/// One row of `refund_inbox.refund_events`, as it is written. Its `seq` is given by the statement.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EventRecord {
    pub event_id: Uuid,
    pub refund_id: Uuid,
    #[serde(serialize_with = "as_bytea")]
    pub digest: EventDigest,
    pub delivery_id: Uuid,
    pub provider: String,
    pub account: String,
    pub effect: Effect,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    #[serde(flatten)]
    pub event: RefundEvent,
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

fn as_bytea<S: serde::Serializer>(digest: &EventDigest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("\\x{}", data_encoding::HEXLOWER.encode(&digest.0)))
}

/// The JSON array of these rows.
pub(super) fn as_json<T: Serialize>(rows: &[T]) -> Result<Box<RawValue>, super::StoreError> {
    serde_json::value::to_raw_value(rows)
        .map_err(|_| super::StoreError::corrupt("a record could not be written as JSON"))
}
