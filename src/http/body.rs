//! Reading a request body: whole or not at all, within its limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How bodies are read.
#[derive(Clone, Debug)]
pub(super) struct BodyLimits {
    /// The largest body.
    pub bytes: usize,
    /// How long one may take.
    pub time: Duration,
    /// Memory for all bodies in hand.
    pub budget: Arc<Semaphore>,
}

/// A whole body, with its share of the memory for all of them.
#[derive(Debug)]
pub(super) struct WholeBody {
    pub bytes: Vec<u8>,
    pub share: Vec<OwnedSemaphorePermit>,
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
    /// No memory left for it now.
    NoRoom,
}

impl BodyError {
    /// The word in the metric.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken_body",
            Self::NoRoom => "no_room",
        }
    }
}

/// Reads `body` to its end. One that announces too much is not begun.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &BodyLimits,
) -> Result<WholeBody, BodyError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    if usize::try_from(announced).map_or(true, |length| length > limits.bytes) {
        return Err(BodyError::TooLarge);
    }
    match timeout(limits.time, read_frames(body, limits)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(BodyError::TooSlow),
    }
}

async fn read_frames(mut body: Body, limits: &BodyLimits) -> Result<WholeBody, BodyError> {
    let (mut bytes, mut share) = (Vec::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        // Trailers mean nothing to us.
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        if bytes.len() + data.len() > limits.bytes {
            return Err(BodyError::TooLarge);
        }
        let size = u32::try_from(data.len()).map_err(|_| BodyError::TooLarge)?;
        let part = Arc::clone(&limits.budget).try_acquire_many_owned(size);
        share.push(part.map_err(|_| BodyError::NoRoom)?);
        bytes.extend_from_slice(&data);
    }
    Ok(WholeBody { bytes, share })
}
