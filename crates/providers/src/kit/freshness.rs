//! The window around the time of receipt in which a signature is taken.

use crate::contract::{Delivery, Refusal};

/// Reads a time of signing in seconds since 1970 and judges it at the time of *receipt*, so that a
/// kept delivery can be judged again at any time.
pub fn require_fresh(
    delivery: &Delivery<'_>,
    timestamp: &str,
    skew_seconds: u32,
) -> Result<(), Refusal> {
    if timestamp.is_empty() || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::TimestampMalformed);
    }
    let signed_at: i64 = timestamp.parse().map_err(|_| Refusal::TimestampMalformed)?;
    let distance = delivery.received_at.unix_timestamp().abs_diff(signed_at);
    if distance > u64::from(skew_seconds) { Err(Refusal::Stale) } else { Ok(()) }
}
