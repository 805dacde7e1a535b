//! Turns at the processors: how many deliveries are verified at the same time.
//!
//! Verification is the one work that a stranger can order. If all that are in hand were verified as
//! they come, everything else would stand behind them, and forgers would starve the merchants. So
//! few are verified at a time and the others wait here, each size in a lane of its own: what real
//! providers send stands only behind what costs as little.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The sizes of bodies that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As those of nearly all real notifications.
    Usual,
    /// As real ones may be.
    Middle,
    /// Larger than any that is known.
    Large,
}

impl Size {
    /// The largest usual one, in bytes.
    pub const USUAL: usize = 8 * 1024;

    /// The largest of the middle.
    pub const MIDDLE: usize = 32 * 1024;

    /// The size of a body of so many bytes.
    pub fn of(bytes: usize) -> Self {
        if bytes <= Self::USUAL {
            Self::Usual
        } else if bytes <= Self::MIDDLE {
            Self::Middle
        } else {
            Self::Large
        }
    }
}

/// Lanes to verification, by size.
#[derive(Debug)]
pub struct Lanes {
    usual: Semaphore,
    middle: Semaphore,
    large: Semaphore,
}

impl Lanes {
    /// Lanes for this machine.
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            usual: Semaphore::new(processors),
            middle: Semaphore::new(1),
            large: Semaphore::new(1),
        }
    }

    /// Waits for a turn to verify a body of so many bytes. The turn is over when it is dropped;
    /// nothing is awaited meanwhile.
    pub async fn turn(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let lane = match Size::of(bytes) {
            Size::Usual => &self.usual,
            Size::Middle => &self.middle,
            Size::Large => &self.large,
        };
        // Lanes are never closed.
        lane.acquire().await.ok()
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{Lanes, Size};

    #[tokio::test(start_paused = true)]
    async fn each_size_waits_for_its_own_kind_only() {
        let lanes = Lanes::new();
        let is_free = async |bytes| timeout(Duration::ZERO, lanes.turn(bytes)).await.is_ok();
        let large = lanes.turn(Size::MIDDLE + 1).await;
        assert!(!is_free(262_144).await);
        assert!(is_free(Size::MIDDLE).await && is_free(Size::USUAL).await && is_free(0).await);
        let middle = lanes.turn(Size::USUAL + 1).await;
        assert!(!is_free(Size::MIDDLE).await && is_free(Size::USUAL).await);
        drop((large, middle));
        assert!(is_free(262_144).await && is_free(Size::MIDDLE).await);
        let mut usual = Vec::new();
        while let Ok(turn) = timeout(Duration::ZERO, lanes.turn(0)).await {
            usual.push(turn);
        }
        assert_eq!(usual.len(), std::thread::available_parallelism().unwrap().get());
    }
}
