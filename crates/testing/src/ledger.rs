//! The senders' record of each notification, attempt and answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::provider_sim::Understood;
use crate::scenario::Refund;

/// The ledger of one run, which all its senders share.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Entries>,
    acknowledged: AtomicU64,
    refused: AtomicU64,
}

/// All entries of a ledger.
#[derive(Debug, Default)]
pub struct Entries {
    /// The refunds whose notifications were all acknowledged.
    pub refunds: Vec<Refund>,
    /// Every notification that was sent, by the digest of its event.
    pub notifications: BTreeMap<[u8; 32], Sent>,
    /// Every attempt.
    pub attempts: Vec<Attempt>,
    /// Answers that the service must not give.
    pub unexpected: Vec<String>,
}

/// How often a notification was sent and acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The account that it was sent to.
    pub account: String,
    /// How often it was sent.
    pub attempts: u64,
    /// How often it was acknowledged.
    pub successes: u64,
}

/// One sending.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The number of the sender.
    pub sender: usize,
    /// When it began.
    pub sent: Instant,
    /// When the answer arrived, or the attempt failed.
    pub answered: Instant,
    /// What the provider understood.
    pub understood: Understood,
}

impl Attempt {
    /// Returns how long the provider waited.
    pub fn took(&self) -> Duration {
        self.answered - self.sent
    }

    /// Returns whether it was acknowledged after this moment.
    fn is_success_after(&self, moment: Instant) -> bool {
        self.understood == Understood::Success && self.answered > moment
    }
}

impl Ledger {
    /// Records an attempt before the request is sent. So the check also covers a notification that
    /// is acknowledged while its sender stops.
    pub fn begin(&self, account: &str, digest: [u8; 32]) {
        let mut entries = self.entries.lock().unwrap();
        let sent = entries.notifications.entry(digest).or_default();
        account.clone_into(&mut sent.account);
        sent.attempts += 1;
    }

    /// Records how an attempt ended. Keeps `answer` if the service must not give it.
    pub fn end(&self, digest: [u8; 32], attempt: Attempt, answer: String) {
        let mut entries = self.entries.lock().unwrap();
        match attempt.understood {
            Understood::Success => {
                entries.notifications.get_mut(&digest).unwrap().successes += 1;
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Understood::SendAgain => {
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            Understood::NoAnswer => {}
            Understood::Refused | Understood::Unexpected => entries.unexpected.push(answer),
        }
        entries.attempts.push(attempt);
    }

    /// Records a refund whose notifications were all acknowledged.
    pub fn finish(&self, refund: Refund) {
        self.entries.lock().unwrap().refunds.push(refund);
    }

    /// Returns how many attempts were acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Returns how many attempts were answered "send again" so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns how many attempts were acknowledged after this moment.
    pub fn acknowledged_after(&self, moment: Instant) -> u64 {
        let entries = self.entries.lock().unwrap();
        let successes = entries.attempts.iter().filter(|it| it.is_success_after(moment));
        successes.count().try_into().unwrap()
    }

    /// Takes all entries out.
    pub fn close(&self) -> Entries {
        std::mem::take(&mut self.entries.lock().unwrap())
    }
}

impl Entries {
    /// Returns how long after `moment` the first acknowledgement arrived, and how long until every
    /// sender had one.
    pub fn back_after(&self, moment: Instant, senders: usize) -> (Duration, Duration) {
        let mut first: BTreeMap<usize, Duration> = BTreeMap::new();
        for attempt in self.attempts.iter().filter(|it| it.is_success_after(moment)) {
            let after = attempt.answered.duration_since(moment);
            let earliest = first.entry(attempt.sender).or_insert(after);
            *earliest = after.min(*earliest);
        }
        assert!(first.keys().copied().eq(0..senders), "senders with an answer: {first:?}");
        (*first.values().min().unwrap(), *first.values().max().unwrap())
    }

    /// Returns the longest time that a provider waited for an answer.
    pub fn slowest(&self) -> Duration {
        self.attempts.iter().map(Attempt::took).max().unwrap()
    }
}
