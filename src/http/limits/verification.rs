//! Limits how many large bodies are verified at the same time.
//!
//! Verification is the only expensive work that a stranger can cause. If every large body were
//! verified as it arrives, small bodies would wait behind large ones, and forgers could starve the
//! merchants. So the service verifies one medium and one large body at a time; the other bodies of
//! the class wait. Small bodies never wait: the verification of one costs no more than the answer
//! to it, and the number of the runtime's workers limits how many run at the same time.

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

    /// Waits until a body of `bytes` bytes may be verified. Returns the permit, which the caller
    /// holds during the verification, or `None` for a small body, which needs no permit.
    pub(in crate::http) async fn acquire(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let semaphore = match BodyClass::of(bytes) {
            BodyClass::Small => return None,
            BodyClass::Medium => &self.medium,
            BodyClass::Large => &self.large,
        };
        // The semaphores are never closed.
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
