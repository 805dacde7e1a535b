//! Limits how often the log has lines that anybody can cause. A flood must neither fill the disk
//! nor make requests wait for the reader of the log. The metrics count everything.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The maximum number of lines about one subject in one period.
const LINES: u64 = 20;

/// The length of a period.
const PERIOD: Duration = Duration::from_secs(10);

/// Decides which lines of one kind are written.
#[derive(Debug)]
pub(super) struct Sampler(LazyLock<Mutex<HashMap<String, Period>>>);

/// What was logged about a subject in its current period.
#[derive(Debug)]
struct Period {
    began: Instant,
    written: u64,
    left_out: u64,
}

impl Sampler {
    /// Returns a sampler that has seen no line yet.
    pub(super) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// Decides whether to write a line about `subject` now. `Some` means yes, with the number of
    /// lines left out before it. Subjects are names of accounts, never text from a request.
    pub(super) fn admit(&self, subject: &str) -> Option<u64> {
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let new = || Period { began: now, written: 0, left_out: 0 };
        let period = match periods.get_mut(subject) {
            Some(period) => period,
            None => periods.entry(subject.to_owned()).or_insert_with(new),
        };
        if now.duration_since(period.began) >= PERIOD {
            (period.began, period.written) = (now, 0);
        }
        if period.written == LINES {
            period.left_out += 1;
            return None;
        }
        period.written += 1;
        Some(std::mem::take(&mut period.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::{LINES, PERIOD, Sampler};

    #[tokio::test(start_paused = true)]
    async fn a_flood_about_one_subject_does_not_suppress_lines_about_others_and_is_counted() {
        let sampler = Sampler::new();
        let written = |subject| (0..1000).filter_map(|_| sampler.admit(subject)).count() as u64;
        assert_eq!(written("flooded"), LINES);
        assert_eq!(sampler.admit("quiet"), Some(0));
        tokio::time::advance(PERIOD).await;
        assert_eq!(sampler.admit("flooded"), Some(1000 - LINES));
        assert_eq!(sampler.admit("flooded"), Some(0));
    }
}
