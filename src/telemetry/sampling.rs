//! Log lines that strangers can cause are written so often and no more: a flood must neither fill
//! the disk nor make requests wait for whoever reads the log. The metrics count everything.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The most lines about one subject in one period.
const LINES: u64 = 20;

/// The period.
const PERIOD: Duration = Duration::from_secs(10);

/// Decides which lines of one kind are written.
#[derive(Debug)]
pub(super) struct Sampler(LazyLock<Mutex<HashMap<String, Period>>>);

/// What was written about a subject.
#[derive(Debug)]
struct Period {
    began: Instant,
    written: u64,
    left_out: u64,
}

impl Sampler {
    pub(super) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// Whether a line about `subject` is written now; if so, how many were left out before it.
    /// Subjects are the names of accounts, never anything from a request.
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
    async fn a_flood_about_one_subject_leaves_the_lines_of_others_alone_and_is_counted() {
        let sampler = Sampler::new();
        let written = |subject| (0..1000).filter_map(|_| sampler.admit(subject)).count() as u64;
        assert_eq!(written("flooded"), LINES);
        assert_eq!(sampler.admit("quiet"), Some(0));
        tokio::time::advance(PERIOD).await;
        assert_eq!(sampler.admit("flooded"), Some(1000 - LINES));
        assert_eq!(sampler.admit("flooded"), Some(0));
    }
}
