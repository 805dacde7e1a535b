//! What the senders write down: each notification, each attempt, each answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::player::Heard;
use crate::story::Refund;

/// The books of one scenario.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pages: Mutex<StdoutWriter>,
    acknowledged: AtomicU64,
    not_now: AtomicU64,
}

/// Everything that was written down.
#[derive(Debug, Default)]
pub(crate) struct StdoutWriter {
    /// The refunds of which all was acknowledged.
    pub(crate) refunds: Vec<Refund>,
    /// Every notification that was sent, by the digest of its event.
    pub(crate) notifications: BTreeMap<[u8; 32], Applied>,
    /// Every attempt.
    pub(crate) attempts: Vec<Attempt>,
    /// Answers that must not be.
    pub(crate) strange: Vec<String>,
}

/// What became of a notification.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applied {
    pub(crate) account: String,
    pub(crate) attempts: u64,
    pub(crate) successes: u64,
}

/// One sending.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) sent: Instant,
    pub(crate) answered: Instant,
    pub(crate) heard: Heard,
}

impl Attempt {
    /// How long the provider waited.
    pub(crate) fn took(&self) -> Duration {
        self.answered - self.sent
    }
}

impl Books {
    /// Before it is sent: what is acknowledged and then forgotten by a sender that ends would not
    /// be looked for.
    pub(crate) fn sending(&self, account: &str, digest: [u8; 32]) {
        let mut pages = self.pages.lock().unwrap();
        let told = pages.notifications.entry(digest).or_default();
        told.account = account.to_owned();
        told.attempts += 1;
    }

    /// What was heard, and in which words where they were none of the provider's.
    pub(crate) fn heard(&self, digest: [u8; 32], attempt: Attempt, words: String) {
        let mut pages = self.pages.lock().unwrap();
        match attempt.heard {
            Heard::Success => {
                pages.notifications.get_mut(&digest).unwrap().successes += 1;
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Heard::NotNow => {
                self.not_now.fetch_add(1, Ordering::Relaxed);
            }
            Heard::Nothing => {}
            Heard::Refused | Heard::Strange => pages.strange.push(words),
        }
        pages.attempts.push(attempt);
    }

    /// All that was told of this refund was acknowledged.
    pub(crate) fn finished(&self, refund: Refund) {
        self.pages.lock().unwrap().refunds.push(refund);
    }

    /// How many successes were heard so far.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// How many were asked to send again so far.
    pub(crate) fn not_now(&self) -> u64 {
        self.not_now.load(Ordering::Relaxed)
    }

    /// The books, closed.
    pub(crate) fn close(&self) -> StdoutWriter {
        std::mem::take(&mut self.pages.lock().unwrap())
    }
}
