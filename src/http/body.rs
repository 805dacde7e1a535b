//! Reading a request body: whole or not at all, within its limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::room::{Room, Share};
use crate::config::HttpSettings;

/// A body up to this size is small. Those of all real notifications are.
const SMALL: usize = 32 * 1024;

/// How long the sender of a body is left alone before it may have to make room. At an ordinary pace
/// a body is whole by then.
const GRACE: Duration = Duration::from_millis(250);

/// How long a body waits for room. What remains of the five seconds after which providers give up
/// is for the commit.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// How bodies are read.
#[derive(Debug)]
pub(super) struct BodyLimits {
    /// The largest body.
    bytes: usize,
    /// How long one may take.
    time: Duration,
    /// Memory for small bodies in hand.
    small: Arc<Room>,
    /// Memory for large ones, which so take none from the small.
    large: Arc<Room>,
}

/// A whole body, with its share of the memory for all of them.
#[derive(Debug)]
pub(super) struct WholeBody {
    pub bytes: Vec<u8>,
    pub share: Share,
}

/// Why there is no whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Larger than allowed. Never cut: half a body would look like a bad signature.
    TooLarge,
    /// It took too long.
    TooSlow,
    /// The connection broke, or the framing is wrong.
    Broken,
    /// No memory for it now.
    NoRoom,
    /// It took long, and others needed the memory.
    MadeRoom,
}

impl BodyError {
    /// The word in the metric.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken_body",
            Self::NoRoom => "no_room",
            Self::MadeRoom => "made_room",
        }
    }
}

impl BodyLimits {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        let half = usize::try_from(settings.max_bytes_in_hand).unwrap_or(usize::MAX) / 2;
        Self {
            bytes: settings.max_body_bytes,
            time: settings.body_timeout(),
            small: Room::new(half, GRACE, |_| {}),
            large: Room::new(half, GRACE, |_| {}),
        }
    }

    /// Room for a body of this size.
    async fn room_for(&self, bytes: usize) -> Result<Share, BodyError> {
        let room = if bytes <= SMALL { &self.small } else { &self.large };
        room.take(bytes, PATIENCE).await.ok_or(BodyError::NoRoom)
    }
}

/// Reads `body` to its end. One that announces too much is not begun, and none is before there is
/// room for all that it announces.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &BodyLimits,
) -> Result<WholeBody, BodyError> {
    let announced = announced(headers)?;
    if announced.is_some_and(|bytes| bytes > limits.bytes) {
        return Err(BodyError::TooLarge);
    }
    let share = limits.room_for(announced.unwrap_or(SMALL).min(limits.bytes)).await?;
    match timeout(limits.time, read_frames(body, limits, share)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// The length that a body announces; one in chunks announces none.
fn announced(headers: &HeaderMap) -> Result<Option<usize>, BodyError> {
    let Some(value) = headers.get(CONTENT_LENGTH) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    let length = usize::try_from(length.ok_or(BodyError::Broken)?);
    length.map(Some).map_err(|_| BodyError::TooLarge)
}

async fn read_frames(
    mut body: Body,
    limits: &BodyLimits,
    mut share: Share,
) -> Result<WholeBody, BodyError> {
    let mut bytes = Vec::with_capacity(share.amount());
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = share.turn().over() => return Err(BodyError::MadeRoom),
        };
        let Some(frame) = frame else { break };
        // Trailers mean nothing to us.
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let size = bytes.len() + data.len();
        if size > limits.bytes {
            return Err(BodyError::TooLarge);
        }
        if size > share.amount() {
            share = limits.room_for(limits.bytes).await?;
        }
        bytes.extend_from_slice(&data);
    }
    share.turn().end(bytes.len());
    Ok(WholeBody { bytes, share })
}
