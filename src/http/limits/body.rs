//! Reads a request body, completely or not at all, within limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::body_class::BodyClass;
use super::eviction::{EvictingLimiter, Slot};
use crate::config::HttpSettings;

/// How long the sender of a body is safe from eviction. A body that is sent at an ordinary pace has
/// arrived by then.
const GRACE: Duration = Duration::from_millis(250);

/// How long a body waits for memory. Providers give up after five seconds, and the commit needs the
/// remaining time.
pub(in crate::http) const PATIENCE: Duration = Duration::from_secs(2);

/// The limits within which bodies are read.
#[derive(Debug)]
pub(in crate::http) struct BodyLimits {
    /// The largest body, in bytes.
    bytes: usize,
    /// How long a body may take.
    time: Duration,
    /// Limits the memory of medium bodies. Small bodies need no limit: each connection has one at
    /// most.
    medium: Arc<EvictingLimiter>,
    /// Limits the memory of large bodies. It is separate, so that they take none from medium
    /// bodies.
    large: Arc<EvictingLimiter>,
}

/// A complete body.
#[derive(Debug)]
pub(in crate::http) struct CompleteBody {
    pub bytes: Vec<u8>,
    /// The memory that it holds; `None` for a small body.
    pub slot: Option<Slot>,
}

/// Why a body is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum BodyError {
    /// It is larger than allowed. It is never truncated: half a body would look like a bad
    /// signature.
    TooLarge,
    /// It took too long.
    TooSlow,
    /// The connection broke, or the framing is wrong.
    Broken,
    /// There is no memory for it now.
    NoMemory,
    /// It was slow, and another body needed its memory.
    Evicted,
}

impl BodyError {
    /// Returns the label in the metric.
    pub(in crate::http) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken_body",
            Self::NoMemory => "no_memory",
            Self::Evicted => "evicted",
        }
    }
}

impl BodyLimits {
    pub(in crate::http) fn new(settings: &HttpSettings) -> Self {
        let half = usize::try_from(settings.max_bytes_in_hand).unwrap_or(usize::MAX) / 2;
        Self {
            bytes: settings.max_body_bytes,
            time: settings.body_timeout(),
            medium: EvictingLimiter::new(half, GRACE, |_| {}),
            large: EvictingLimiter::new(half, GRACE, |_| {}),
        }
    }

    /// Waits for memory for a body of `bytes` bytes.
    async fn reserve(&self, bytes: usize) -> Result<Reserved, BodyError> {
        let limiter = match BodyClass::of(bytes) {
            BodyClass::Small => return Ok(Reserved { bytes, slot: None }),
            BodyClass::Medium => &self.medium,
            BodyClass::Large => &self.large,
        };
        let slot = limiter.acquire(bytes, PATIENCE).await.ok_or(BodyError::NoMemory)?;
        Ok(Reserved { bytes, slot: Some(slot) })
    }

    /// Waits for memory for a body that did not announce its length and has `bytes` bytes so far.
    async fn reserve_to_grow(&self, bytes: usize) -> Result<Reserved, BodyError> {
        let up_to = match BodyClass::of(bytes) {
            BodyClass::Small => BodyClass::SMALL,
            BodyClass::Medium => BodyClass::MEDIUM,
            BodyClass::Large => self.bytes,
        };
        self.reserve(up_to.min(self.bytes)).await
    }
}

/// Memory that is reserved for a body.
struct Reserved {
    bytes: usize,
    slot: Option<Slot>,
}

impl Reserved {
    /// Resolves when the memory has been evicted.
    async fn evicted(&self) {
        match &self.slot {
            Some(slot) => slot.evicted().await,
            None => std::future::pending().await,
        }
    }
}

/// Reads `body` to its end. It does not read a body that announces more bytes than allowed, and it
/// begins only when there is memory for all announced bytes.
pub(in crate::http) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &BodyLimits,
) -> Result<CompleteBody, BodyError> {
    let reserved = match announced(headers)? {
        Some(bytes) if bytes > limits.bytes => return Err(BodyError::TooLarge),
        Some(bytes) => limits.reserve(bytes).await?,
        None => limits.reserve_to_grow(0).await?,
    };
    match timeout(limits.time, read_frames(body, limits, reserved)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// Returns the length that the headers announce, or `None` for a chunked body.
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
) -> Result<CompleteBody, BodyError> {
    let mut bytes = Vec::with_capacity(reserved.bytes);
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = reserved.evicted() => return Err(BodyError::Evicted),
        };
        let Some(frame) = frame else { break };
        // Trailers carry nothing that a provider signs.
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let size = bytes.len() + data.len();
        if size > limits.bytes {
            return Err(BodyError::TooLarge);
        }
        if size > reserved.bytes {
            reserved = limits.reserve_to_grow(size).await?;
        }
        bytes.extend_from_slice(&data);
    }
    if let Some(slot) = &reserved.slot {
        slot.received(bytes.len());
    }
    Ok(CompleteBody { bytes, slot: reserved.slot })
}
