//! Reads a request body within limits of size, time and memory. A body that is not complete is never
//! judged; what has arrived of it goes to the quarantine.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::body_class::BodyClass;
use super::eviction::{EvictingLimiter, Slot};
use crate::config::HttpSettings;
use crate::store::TurnedAway;

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

/// A body, or the part of one that has arrived.
#[derive(Debug, Default)]
pub(in crate::http) struct ReceivedBody {
    pub bytes: Vec<u8>,
    /// The memory that it holds; `None` for a small body.
    pub slot: Option<Slot>,
}

/// Why a body is not complete.
#[derive(Debug)]
pub(in crate::http) enum BodyError {
    /// The request is turned away: the body is too large, too slow or broken off. This part of it
    /// has arrived. It must not be judged: half a body would look like a bad signature, or like
    /// another message.
    TurnedAway(TurnedAway, ReceivedBody),
    /// There is no memory for it.
    Unavailable(NoMemory),
}

/// Why there is no memory for a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum NoMemory {
    /// There is none now.
    Full,
    /// The body was slow, and another body needed its memory.
    Evicted,
}

impl NoMemory {
    /// Returns the label in the metric.
    pub(in crate::http) fn as_str(self) -> &'static str {
        match self {
            Self::Full => "no_memory",
            Self::Evicted => "evicted",
        }
    }
}

/// Why reading ended early.
enum Stop {
    TurnedAway(TurnedAway),
    Unavailable(NoMemory),
}

impl From<TurnedAway> for Stop {
    fn from(why: TurnedAway) -> Self {
        Self::TurnedAway(why)
    }
}

impl From<NoMemory> for Stop {
    fn from(why: NoMemory) -> Self {
        Self::Unavailable(why)
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
    async fn reserve(&self, bytes: usize) -> Result<Reserved, NoMemory> {
        let limiter = match BodyClass::of(bytes) {
            BodyClass::Small => return Ok(Reserved { bytes, slot: None }),
            BodyClass::Medium => &self.medium,
            BodyClass::Large => &self.large,
        };
        let slot = limiter.acquire(bytes, PATIENCE).await.ok_or(NoMemory::Full)?;
        Ok(Reserved { bytes, slot: Some(slot) })
    }

    /// Waits for memory for a body that did not announce its length and has `bytes` bytes so far.
    async fn reserve_to_grow(&self, bytes: usize) -> Result<Reserved, NoMemory> {
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

/// Reads `body` to its end. It does not read a body that announces more bytes than allowed, except
/// for its beginning, and it begins only when there is memory for all announced bytes.
pub(in crate::http) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limits: &BodyLimits,
) -> Result<ReceivedBody, BodyError> {
    let mut bytes = Vec::new();
    let reserved = match announced(headers) {
        Ok(Some(length)) if length <= limits.bytes => limits.reserve(length).await,
        Ok(None) => limits.reserve_to_grow(0).await,
        Ok(Some(_)) => {
            // A client that expects to be told to continue has sent nothing.
            if !headers.contains_key(EXPECT) {
                bytes = beginning(body, limits.bytes.min(BodyClass::SMALL)).await;
            }
            let received = ReceivedBody { bytes, slot: None };
            return Err(BodyError::TurnedAway(TurnedAway::TooLarge, received));
        }
        Err(why) => return Err(BodyError::TurnedAway(why, ReceivedBody::default())),
    };
    let mut reserved = reserved.map_err(BodyError::Unavailable)?;
    let reading = read_frames(&mut body, limits, &mut reserved, &mut bytes);
    let outcome = timeout(limits.time, reading).await;
    let received = ReceivedBody { bytes, slot: reserved.slot };
    match outcome.unwrap_or(Err(Stop::TurnedAway(TurnedAway::TooSlow))) {
        Ok(()) => Ok(received),
        Err(Stop::TurnedAway(why)) => Err(BodyError::TurnedAway(why, received)),
        Err(Stop::Unavailable(why)) => Err(BodyError::Unavailable(why)),
    }
}

/// Returns the length that the headers announce, or `None` for a chunked body.
fn announced(headers: &HeaderMap) -> Result<Option<usize>, TurnedAway> {
    let Some(value) = headers.get(CONTENT_LENGTH) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    let length = usize::try_from(length.ok_or(TurnedAway::BrokenBody)?);
    length.map(Some).map_err(|_| TurnedAway::TooLarge)
}

/// Returns the beginning of a body that is too large, at most `most` bytes, so that a person can
/// see what was sent. It waits only for what is already on its way.
async fn beginning(mut body: Body, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let reading = async {
        while bytes.len() < most {
            let Some(Ok(frame)) = body.frame().await else { break };
            if let Ok(data) = frame.into_data() {
                bytes.extend_from_slice(first(&data, most - bytes.len()));
            }
        }
    };
    let _ = timeout(GRACE, reading).await;
    bytes
}

async fn read_frames(
    body: &mut Body,
    limits: &BodyLimits,
    reserved: &mut Reserved,
    bytes: &mut Vec<u8>,
) -> Result<(), Stop> {
    bytes.reserve_exact(reserved.bytes);
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = reserved.evicted() => return Err(NoMemory::Evicted.into()),
        };
        let Some(frame) = frame else { break };
        // Trailers carry nothing that a provider signs.
        let Ok(data) = frame.map_err(|_| TurnedAway::BrokenBody)?.into_data() else { continue };
        let size = bytes.len() + data.len();
        if size > limits.bytes {
            let free = reserved.bytes.min(limits.bytes).saturating_sub(bytes.len());
            bytes.extend_from_slice(first(&data, free));
            return Err(TurnedAway::TooLarge.into());
        }
        if size > reserved.bytes {
            *reserved = limits.reserve_to_grow(size).await?;
        }
        bytes.extend_from_slice(&data);
    }
    if let Some(slot) = &reserved.slot {
        slot.received(bytes.len());
    }
    Ok(())
}

fn first(data: &[u8], most: usize) -> &[u8] {
    data.get(..most).unwrap_or(data)
}
