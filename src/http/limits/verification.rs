//! How many large bodies are verified at the same time.
//!
//! Verification is the one work that a stranger can order. If all large bodies were verified as they
//! come, small ones would wait behind them, and forgers would starve the merchants. So one medium
//! and one large body are verified at a time, and the others of their class wait. Small bodies never
//! wait: verifying one costs as little as the answer to it, and only as many run at the same time as
//! the runtime has workers.

use tokio::sync::{Semaphore, SemaphorePermit};

use super::body_class::BodyClass;

/// Limits how many bodies of each class are verified at the same time.
#[derive(Debug)]
pub(in crate::http) struct VerificationLimiter {
    medium: Semaphore,
    large: Semaphore,
}

impl VerificationLimiter {
    /// Creates a limiter that lets one medium and one large body through at a time.
    pub(in crate::http) fn new() -> Self {
        Self { medium: Semaphore::new(1), large: Semaphore::new(1) }
    }

    /// Waits until a body of `bytes` bytes may be verified, and returns the permit to hold meanwhile;
    /// `None` for a small body, which needs no permit.
    pub(in crate::http) async fn acquire(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let semaphore = match BodyClass::of(bytes) {
            BodyClass::Small => return None,
            BodyClass::Medium => &self.medium,
            BodyClass::Large => &self.large,
        };
        // Nothing closes the semaphores.
        semaphore.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{BodyClass, VerificationLimiter};

    #[tokio::test(start_paused = true)]
    async fn medium_and_large_bodies_wait_for_their_own_class_and_small_ones_never_wait() {
        let limiter = VerificationLimiter::new();
        let is_free = async |bytes| timeout(Duration::ZERO, limiter.acquire(bytes)).await.is_ok();
        let large = limiter.acquire(BodyClass::MEDIUM + 1).await;
        assert!(!is_free(262_144).await);
        assert!(is_free(BodyClass::MEDIUM).await);
        let medium = limiter.acquire(BodyClass::SMALL + 1).await;
        assert!(!is_free(BodyClass::MEDIUM).await);
        assert!(is_free(BodyClass::SMALL).await && is_free(0).await);
        drop((large, medium));
        assert!(is_free(262_144).await && is_free(BodyClass::MEDIUM).await);
    }
}
