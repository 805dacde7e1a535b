//! What a run sends, in which order.

use std::ops::Range;
use std::sync::Arc;

use crate::notifications::{Dialect, Notification};

/// Notifications, and the order in which they are sent.
pub(crate) struct Plan {
    pub(crate) notifications: Vec<Arc<Notification>>,
    /// Places in `notifications`, repeats included.
    pub(crate) order: Vec<u32>,
}

impl Plan {
    /// Takes the dialects' notifications in turn, of each dialect those at the places in `window`.
    /// Adds repeats of random earlier ones, with `repeats` as their share. Plans at most `most`
    /// requests.
    pub(crate) fn new(
        dialects: &[&Dialect],
        window: &Range<usize>,
        repeats: f64,
        most: usize,
    ) -> Self {
        let made = dialects.iter().map(|dialect| dialect.notifications().len()).min();
        let notifications: Vec<_> = (window.start..window.end.min(made.unwrap_or_default()))
            .flat_map(|place| dialects.iter().map(move |dialect| &dialect.notifications()[place]))
            .map(Arc::clone)
            .collect();
        let mut random = Random::new();
        let mut order = Vec::new();
        let mut fresh: u32 = 0;
        while order.len() < most {
            if fresh > 0 && random.next_share() < repeats {
                order.push((random.next_share() * f64::from(fresh)) as u32);
            } else if (fresh as usize) < notifications.len() {
                order.push(fresh);
                fresh += 1;
            } else {
                break;
            }
        }
        Self { notifications, order }
    }
}

/// Random numbers from 0 to 1, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next_share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
