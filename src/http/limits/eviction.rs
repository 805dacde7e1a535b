//! Limits what senders hold before their request is complete: connections and body memory.
//!
//! When the limiter is full, it evicts the holder that has gone longest without sending a complete
//! request. It never evicts a holder whose request has fully arrived. That request is always
//! verified, so slow senders cannot cause the refusal of another sender's delivery.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How often a waiting caller tries again, even if nothing was freed: no event announces that a
/// sender has outlived its grace period.
const RETRY: Duration = Duration::from_millis(250);

/// Limits how much all slots hold together.
#[derive(Debug)]
pub(in crate::http) struct EvictingLimiter {
    /// How long a sender is safe from eviction after it begins.
    grace: Duration,
    /// Called with the number of slots that one acquisition evicted.
    on_evicted: fn(u64),
    state: Mutex<State>,
    /// Wakes a waiting caller when something may be free.
    freed: Notify,
}

#[derive(Debug)]
struct State {
    free: usize,
    next_position: u64,
    /// The slots whose holders have not sent everything yet, in the order in which they began.
    receiving: BTreeMap<u64, Receiving>,
}

#[derive(Debug)]
struct Receiving {
    amount: usize,
    since: Instant,
    evicted: Arc<Notify>,
}

impl EvictingLimiter {
    /// Creates a limiter whose slots hold at most `capacity` together.
    pub(in crate::http) fn new(capacity: usize, grace: Duration, on_evicted: fn(u64)) -> Arc<Self> {
        let state = State { free: capacity, next_position: 0, receiving: BTreeMap::new() };
        Arc::new(Self { grace, on_evicted, state: Mutex::new(state), freed: Notify::new() })
    }

    /// Waits for `amount`, at most for `patience`. Evicts other senders if that frees enough.
    pub(in crate::http) async fn acquire(
        self: &Arc<Self>,
        amount: usize,
        patience: Duration,
    ) -> Option<Slot> {
        let mut now = Instant::now();
        let deadline = now + patience;
        loop {
            if let Some(slot) = self.try_acquire(amount, now) {
                return Some(slot);
            }
            if now >= deadline {
                return None;
            }
            let _ = timeout_at(deadline.min(now + RETRY), self.freed.notified()).await;
            now = Instant::now();
        }
    }

    fn try_acquire(self: &Arc<Self>, amount: usize, now: Instant) -> Option<Slot> {
        let mut state = self.state();
        let is_old = |sender: &Receiving| now.duration_since(sender.since) >= self.grace;
        let evicted_slots = state.free_up(amount, is_old)?;
        state.free -= amount;
        let evicted = Arc::new(Notify::new());
        let position = state.join(Receiving { amount, since: now, evicted: Arc::clone(&evicted) });
        drop(state);
        (self.on_evicted)(evicted_slots);
        // Enough may be left for the next caller, too.
        self.freed.notify_one();
        let slot_state = Mutex::new(SlotState { amount, phase: Phase::Receiving(position) });
        Some(Slot { limiter: Arc::clone(self), evicted, slot_state })
    }

    /// Evicts the oldest sender. Returns whether there was one.
    pub(in crate::http) fn evict_oldest(&self) -> bool {
        let is_evicted = self.state().evict_oldest_if(|_| true);
        self.freed.notify_one();
        is_evicted
    }

    /// Evicts every sender that has been sending for longer than `age`. Returns the number of them.
    pub(in crate::http) fn evict_older_than(&self, age: Duration) -> u64 {
        let (mut state, mut evicted) = (self.state(), 0);
        while state.evict_oldest_if(|oldest| oldest.since.elapsed() > age) {
            evicted += 1;
        }
        drop(state);
        self.freed.notify_one();
        evicted
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes sure that `amount` is free. Returns the number of senders that it evicted for that. If
    /// the senders that are old enough do not hold enough, it evicts none and returns `None`.
    fn free_up(&mut self, amount: usize, is_old: impl Fn(&Receiving) -> bool) -> Option<u64> {
        let mut missing = amount.saturating_sub(self.free);
        let (mut senders, mut needed) = (self.receiving.values(), 0);
        while missing > 0 {
            missing = missing.saturating_sub(senders.next().filter(|it| is_old(it))?.amount);
            needed += 1;
        }
        for _ in 0..needed {
            self.evict_oldest_if(|_| true);
        }
        Some(needed)
    }

    /// Evicts the oldest sender if `condition` holds for it. The amount that it held counts as free
    /// at once, because its task drops the slot as soon as it notices the eviction.
    fn evict_oldest_if(&mut self, condition: impl Fn(&Receiving) -> bool) -> bool {
        let Some(oldest) = self.receiving.first_entry().filter(|it| condition(it.get())) else {
            return false;
        };
        let sender = oldest.remove();
        sender.evicted.notify_one();
        self.free += sender.amount;
        true
    }

    fn join(&mut self, sender: Receiving) -> u64 {
        self.next_position += 1;
        self.receiving.insert(self.next_position, sender);
        self.next_position
    }
}

/// What one holder holds of a limiter, until it is dropped or evicted.
#[derive(Debug)]
pub(in crate::http) struct Slot {
    limiter: Arc<EvictingLimiter>,
    evicted: Arc<Notify>,
    slot_state: Mutex<SlotState>,
}

#[derive(Debug)]
struct SlotState {
    amount: usize,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The holder is sending, at this position among the senders. An eviction removes it from
    /// there.
    Receiving(u64),
    /// Everything has arrived: the slot cannot be evicted.
    Received,
    /// The slot was evicted.
    Evicted,
}

impl Slot {
    /// Notes that the holder begins to send its next request. Its age starts again at zero.
    pub(in crate::http) fn receiving(&self) {
        let mut state = self.slot_state();
        self.leave(&mut state);
        if state.phase == Phase::Received {
            let (amount, evicted) = (state.amount, Arc::clone(&self.evicted));
            let sender = Receiving { amount, since: Instant::now(), evicted };
            state.phase = Phase::Receiving(self.limiter.state().join(sender));
            self.limiter.freed.notify_one();
        }
    }

    /// Notes that everything has arrived, and frees all but `amount` of what the slot holds.
    pub(in crate::http) fn received(&self, amount: usize) {
        let mut state = self.slot_state();
        self.leave(&mut state);
        if state.phase == Phase::Received {
            self.limiter.state().free += state.amount.saturating_sub(amount);
            state.amount = state.amount.min(amount);
            self.limiter.freed.notify_one();
        }
    }

    /// Resolves when this slot has been evicted.
    pub(in crate::http) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// Removes the slot from the senders, unless an eviction did so first.
    fn leave(&self, state: &mut SlotState) {
        if let Phase::Receiving(position) = state.phase {
            let was_there = self.limiter.state().receiving.remove(&position).is_some();
            state.phase = if was_there { Phase::Received } else { Phase::Evicted };
        }
    }

    fn slot_state(&self) -> MutexGuard<'_, SlotState> {
        self.slot_state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.received(0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{Instant, advance, timeout};

    use super::{EvictingLimiter, Slot};

    const GRACE: Duration = Duration::from_millis(250);
    const PATIENCE: Duration = Duration::from_secs(2);

    fn limiter(capacity: usize) -> Arc<EvictingLimiter> {
        EvictingLimiter::new(capacity, GRACE, |_| {})
    }

    async fn is_evicted(slot: &Slot) -> bool {
        timeout(Duration::ZERO, slot.evicted()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_sender_is_evicted_only_if_that_frees_enough() {
        let limiter = limiter(10);
        let oldest = limiter.acquire(4, PATIENCE).await.unwrap();
        advance(GRACE).await;
        let old = limiter.acquire(4, PATIENCE).await.unwrap();
        let young = limiter.acquire(2, PATIENCE).await.unwrap();
        // Evicting every sender that is old enough would not free enough.
        assert!(limiter.try_acquire(5, Instant::now()).is_none());
        assert!(!is_evicted(&oldest).await);
        let new = limiter.acquire(3, Duration::ZERO).await.unwrap();
        assert!(is_evicted(&oldest).await);
        assert!(!is_evicted(&old).await && !is_evicted(&young).await && !is_evicted(&new).await);
        // Dropping an evicted slot frees nothing a second time.
        drop(oldest);
        assert!(limiter.acquire(2, Duration::ZERO).await.is_none());
        let last = limiter.acquire(1, Duration::ZERO).await.unwrap();
        drop((old, young, new, last));
        assert!(limiter.acquire(10, Duration::ZERO).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_that_has_received_everything_is_not_evicted_and_keeps_only_what_it_needs() {
        let limiter = limiter(10);
        let complete = limiter.acquire(10, PATIENCE).await.unwrap();
        complete.received(6);
        assert_eq!(complete.slot_state().amount, 6);
        advance(PATIENCE).await;
        let rest = limiter.acquire(4, Duration::ZERO).await.unwrap();
        assert!(limiter.acquire(5, PATIENCE).await.is_none());
        assert!(!is_evicted(&complete).await);
        // It can be evicted again only when it begins its next request.
        complete.receiving();
        advance(GRACE).await;
        assert!(limiter.acquire(6, Duration::ZERO).await.is_some());
        assert!(is_evicted(&complete).await);
        drop(rest);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_callers_proceed_when_a_slot_is_dropped_or_a_sender_grows_old() {
        let limiter = limiter(2);
        let (first, second) =
            (limiter.acquire(1, PATIENCE).await, limiter.acquire(1, PATIENCE).await);
        let waiting = |amount| {
            let limiter = Arc::clone(&limiter);
            tokio::spawn(async move { limiter.acquire(amount, PATIENCE).await.unwrap() })
        };
        let (one, other) = (waiting(1), waiting(1));
        tokio::task::yield_now().await;
        drop(first);
        drop(second);
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        let both = waiting(2).await.unwrap();
        assert!(is_evicted(&one).await && is_evicted(&other).await);
        drop(both);
    }

    #[tokio::test(start_paused = true)]
    async fn senders_older_than_an_age_are_evicted() {
        let limiter = limiter(2);
        let overdue = limiter.acquire(1, PATIENCE).await.unwrap();
        advance(PATIENCE).await;
        let fresh = limiter.acquire(1, PATIENCE).await.unwrap();
        advance(Duration::from_millis(1)).await;
        assert_eq!(limiter.evict_older_than(PATIENCE), 1);
        assert!(is_evicted(&overdue).await && !is_evicted(&fresh).await);
        // An evicted slot does not join the senders again.
        overdue.receiving();
        assert!(limiter.evict_oldest());
        assert!(!limiter.evict_oldest());
        assert!(is_evicted(&fresh).await);
    }
}
