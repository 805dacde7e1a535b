//! Reading a request body: whole or not at all, within its limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::body_class::BodyClass;
use super::eviction::{Room, Share};
use crate::config::HttpSettings;

/// How long the sender of a body is left alone before it may have to make room. At an ordinary pace
/// a body is whole by then.
const GRACE: Duration = Duration::from_millis(250);

/// How long a body waits for room. What remains of the five seconds after which providers give up
/// is for the commit.
pub(in crate::http) const PATIENCE: Duration = Duration::from_secs(2);

/// How bodies are read.
#[derive(Debug)]
pub(in crate::http) struct BodyLimits {
    /// The largest body.
    bytes: usize,
    /// How long one may take.
    time: Duration,
    /// Memory for bodies of middle size in hand. Usual ones always find some: there can be only as
    /// many as connections.
    medium: Arc<Room>,
    /// Memory for large ones, which so take none from the others.
    large: Arc<Room>,
}

/// A whole body, with its share of the memory for all of them.
#[derive(Debug)]
pub(in crate::http) struct WholeBody {
    pub bytes: Vec<u8>,
    pub share: Option<Share>,
}

/// Why there is no whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum BodyError {
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
    pub(in crate::http) fn as_str(self) -> &'static str {
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
    pub(in crate::http) fn new(settings: &HttpSettings) -> Self {
        let half = usize::try_from(settings.max_bytes_in_hand).unwrap_or(usize::MAX) / 2;
        Self {
            bytes: settings.max_body_bytes,
            time: settings.body_timeout(),
            medium: Room::new(half, GRACE, |_| {}),
            large: Room::new(half, GRACE, |_| {}),
        }
    }

    /// Room for a body of this size.
    async fn room_for(&self, bytes: usize) -> Result<Reserved, BodyError> {
        let room = match BodyClass::of(bytes) {
            BodyClass::Small => return Ok(Reserved { bytes, share: None }),
            BodyClass::Medium => &self.medium,
            BodyClass::Large => &self.large,
        };
        let share = room.take(bytes, PATIENCE).await.ok_or(BodyError::NoRoom)?;
        Ok(Reserved { bytes, share: Some(share) })
    }

    /// Room for a body that is now of this size and has not told how large it becomes.
    async fn room_to_grow(&self, bytes: usize) -> Result<Reserved, BodyError> {
        let up_to = match BodyClass::of(bytes) {
            BodyClass::Small => BodyClass::SMALL,
            BodyClass::Medium => BodyClass::MEDIUM,
            BodyClass::Large => self.bytes,
        };
        self.room_for(up_to.min(self.bytes)).await
    }
}

/// Room for so many bytes.
struct Reserved {
    bytes: usize,
    share: Option<Share>,
}

impl Reserved {
    /// Resolves when it is wanted back.
    async fn over(&self) {
        match &self.share {
            Some(share) => share.turn().over().await,
            None => std::future::pending().await,
        }
    }
}

/// Reads `body` to its end. One that announces too much is not begun, and none is before there is
/// room for all that it announces.
pub(in crate::http) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &BodyLimits,
) -> Result<WholeBody, BodyError> {
    let reserved = match announced(headers)? {
        Some(bytes) if bytes > limits.bytes => return Err(BodyError::TooLarge),
        Some(bytes) => limits.room_for(bytes).await?,
        None => limits.room_to_grow(0).await?,
    };
    match timeout(limits.time, read_frames(body, limits, reserved)).await {
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
    mut reserved: Reserved,
) -> Result<WholeBody, BodyError> {
    let mut bytes = Vec::with_capacity(reserved.bytes);
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = reserved.over() => return Err(BodyError::MadeRoom),
        };
        let Some(frame) = frame else { break };
        // Trailers mean nothing to us.
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let size = bytes.len() + data.len();
        if size > limits.bytes {
            return Err(BodyError::TooLarge);
        }
        if size > reserved.bytes {
            reserved = limits.room_to_grow(size).await?;
        }
        bytes.extend_from_slice(&data);
    }
    if let Some(share) = &reserved.share {
        share.turn().end(bytes.len());
    }
    Ok(WholeBody { bytes, share: reserved.share })
}
