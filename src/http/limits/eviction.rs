//! Room for what strangers send: connections, and memory for bodies. Where none is left, those who
//! have been sending longest make some for those who come. What has arrived whole is never asked
//! to: it is verified first, so that nobody is refused for the load that others make.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How often those who wait look again, whatever happens.
const AGAIN: Duration = Duration::from_millis(250);

/// Room for so much.
#[derive(Debug)]
pub(in crate::http) struct Room {
    /// How long a sender is left alone.
    grace: Duration,
    /// Is told how many have to make room.
    on_asked: fn(u64),
    state: Mutex<State>,
    /// Something may have become free.
    freed: Notify,
}

#[derive(Debug)]
struct State {
    free: usize,
    next: u64,
    /// Who has not sent everything yet, in the order in which they began.
    senders: BTreeMap<u64, Sender>,
}

#[derive(Debug)]
struct Sender {
    amount: usize,
    since: Instant,
    wanted: Arc<Notify>,
}

impl Room {
    /// Room for `size`, in which each sender is left alone for `grace`.
    pub(in crate::http) fn new(size: usize, grace: Duration, on_asked: fn(u64)) -> Arc<Self> {
        let state = State { free: size, next: 0, senders: BTreeMap::new() };
        Arc::new(Self { grace, on_asked, state: Mutex::new(state), freed: Notify::new() })
    }

    /// Takes a share; `None` when there was no room for so long.
    pub(in crate::http) async fn take(
        self: &Arc<Self>,
        amount: usize,
        patience: Duration,
    ) -> Option<Share> {
        let mut now = Instant::now();
        let deadline = now + patience;
        loop {
            if let Some(share) = self.try_take(amount, now) {
                return Some(share);
            }
            if now >= deadline {
                return None;
            }
            let _ = timeout_at(deadline.min(now + AGAIN), self.freed.notified()).await;
            now = Instant::now();
        }
    }

    fn try_take(self: &Arc<Self>, amount: usize, now: Instant) -> Option<Share> {
        let mut state = self.state();
        let old = |sender: &Sender| now.duration_since(sender.since) >= self.grace;
        let asked = state.make_room(amount, old)?;
        state.free -= amount;
        let wanted = Arc::new(Notify::new());
        let number = state.join(Sender { amount, since: now, wanted: Arc::clone(&wanted) });
        drop(state);
        (self.on_asked)(asked);
        // There may be enough for the next one, too.
        self.freed.notify_one();
        let holding = Mutex::new(Holding { amount, standing: Standing::Sending(number) });
        Some(Share(Arc::new(Turn { room: Arc::clone(self), wanted, holding })))
    }

    /// Asks whoever has been sending longest to make room; says whether anybody was.
    pub(in crate::http) fn ask_oldest(&self) -> bool {
        let asked = self.state().pop_if(|_| true);
        self.freed.notify_one();
        asked
    }

    /// Ends everybody's turn who has been sending for longer than `age`; says how many they were.
    pub(in crate::http) fn ask_overdue(&self, age: Duration) -> u64 {
        let (mut state, mut asked) = (self.state(), 0);
        while state.pop_if(|oldest| oldest.since.elapsed() > age) {
            asked += 1;
        }
        drop(state);
        self.freed.notify_one();
        asked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes sure that `amount` is free. Says how many have to make room for it; `None`, and nobody
    /// has to, when all who are old enough are not enough.
    fn make_room(&mut self, amount: usize, is_old: impl Fn(&Sender) -> bool) -> Option<u64> {
        let mut missing = amount.saturating_sub(self.free);
        let (mut senders, mut asked) = (self.senders.values(), 0);
        while missing > 0 {
            missing = missing.saturating_sub(senders.next().filter(|it| is_old(it))?.amount);
            asked += 1;
        }
        for _ in 0..asked {
            self.pop_if(|_| true);
        }
        Some(asked)
    }

    /// Takes the share of the oldest sender, if it is such. What it holds goes back when its task
    /// notices, which is at once.
    fn pop_if(&mut self, is_such: impl Fn(&Sender) -> bool) -> bool {
        let Some(oldest) = self.senders.first_entry().filter(|it| is_such(it.get())) else {
            return false;
        };
        let sender = oldest.remove();
        sender.wanted.notify_one();
        self.free += sender.amount;
        true
    }

    fn join(&mut self, sender: Sender) -> u64 {
        self.next += 1;
        self.senders.insert(self.next, sender);
        self.next
    }
}

/// A part of a room, until it is dropped or wanted back.
#[derive(Debug)]
pub(in crate::http) struct Share(Arc<Turn>);

impl Share {
    /// Whose turn it is to make room is told here.
    pub(in crate::http) fn turn(&self) -> &Arc<Turn> {
        &self.0
    }

    #[cfg(test)]
    fn amount(&self) -> usize {
        self.0.holding().amount
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.end(0);
    }
}

/// The standing of a share's holder.
#[derive(Debug)]
pub(in crate::http) struct Turn {
    room: Arc<Room>,
    wanted: Arc<Notify>,
    holding: Mutex<Holding>,
}

#[derive(Debug)]
struct Holding {
    amount: usize,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// In the line, with this number, unless it has been taken out of it.
    Sending(u64),
    /// Everything has arrived.
    Whole,
    /// The share was wanted back.
    Gone,
}

impl Turn {
    /// Begins to send anew: goes to the end of the line.
    pub(in crate::http) fn begin(&self) {
        let mut holding = self.holding();
        self.leave(&mut holding);
        if holding.standing == Standing::Whole {
            let (amount, wanted) = (holding.amount, Arc::clone(&self.wanted));
            let sender = Sender { amount, since: Instant::now(), wanted };
            holding.standing = Standing::Sending(self.room.state().join(sender));
            self.room.freed.notify_one();
        }
    }

    /// Everything has arrived, and this is all of the share that is needed from now on. Nobody
    /// asks for it any more.
    pub(in crate::http) fn end(&self, needed: usize) {
        let mut holding = self.holding();
        self.leave(&mut holding);
        if holding.standing == Standing::Whole {
            self.room.state().free += holding.amount.saturating_sub(needed);
            holding.amount = holding.amount.min(needed);
            self.room.freed.notify_one();
        }
    }

    /// Resolves when the share is wanted back.
    pub(in crate::http) async fn over(&self) {
        self.wanted.notified().await;
    }

    fn leave(&self, holding: &mut Holding) {
        if let Standing::Sending(number) = holding.standing {
            let was_there = self.room.state().senders.remove(&number).is_some();
            holding.standing = if was_there { Standing::Whole } else { Standing::Gone };
        }
    }

    fn holding(&self) -> MutexGuard<'_, Holding> {
        self.holding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{advance, timeout};

    use super::{Room, Share};

    const GRACE: Duration = Duration::from_millis(250);
    const PATIENCE: Duration = Duration::from_secs(2);

    fn room(size: usize) -> Arc<Room> {
        Room::new(size, GRACE, |_| {})
    }

    async fn is_over(share: &Share) -> bool {
        timeout(Duration::ZERO, share.turn().over()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_been_sending_longest_makes_room_and_nobody_in_vain() {
        let room = room(10);
        let oldest = room.take(4, PATIENCE).await.unwrap();
        advance(GRACE).await;
        let old = room.take(4, PATIENCE).await.unwrap();
        let young = room.take(2, PATIENCE).await.unwrap();
        // There would not be enough even if all who are old enough made room.
        assert!(room.try_take(5, tokio::time::Instant::now()).is_none());
        assert!(!is_over(&oldest).await);
        let new = room.take(3, Duration::ZERO).await.unwrap();
        assert!(is_over(&oldest).await);
        assert!(!is_over(&old).await && !is_over(&young).await && !is_over(&new).await);
        // What was taken from the oldest does not come back a second time.
        drop(oldest);
        assert!(room.take(2, Duration::ZERO).await.is_none());
        let last = room.take(1, Duration::ZERO).await.unwrap();
        drop((old, young, new, last));
        assert!(room.take(10, Duration::ZERO).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_whole_makes_no_room_and_keeps_only_what_it_needs() {
        let room = room(10);
        let whole = room.take(10, PATIENCE).await.unwrap();
        whole.turn().end(6);
        assert_eq!(whole.amount(), 6);
        advance(PATIENCE).await;
        let rest = room.take(4, Duration::ZERO).await.unwrap();
        assert!(room.take(5, PATIENCE).await.is_none());
        assert!(!is_over(&whole).await);
        // Only when it begins anew.
        whole.turn().begin();
        advance(GRACE).await;
        assert!(room.take(6, Duration::ZERO).await.is_some());
        assert!(is_over(&whole).await);
        drop(rest);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_served_when_a_share_comes_back_or_a_sender_grows_old() {
        let room = room(2);
        let (first, second) = (room.take(1, PATIENCE).await, room.take(1, PATIENCE).await);
        let waiting = |amount| {
            let room = Arc::clone(&room);
            tokio::spawn(async move { room.take(amount, PATIENCE).await.unwrap() })
        };
        let (one, other) = (waiting(1), waiting(1));
        tokio::task::yield_now().await;
        drop(first);
        drop(second);
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        let both = waiting(2).await.unwrap();
        assert!(is_over(&one).await && is_over(&other).await);
        drop(both);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_overdue_has_to_go() {
        let room = room(2);
        let overdue = room.take(1, PATIENCE).await.unwrap();
        advance(PATIENCE).await;
        let fresh = room.take(1, PATIENCE).await.unwrap();
        advance(Duration::from_millis(1)).await;
        assert_eq!(room.ask_overdue(PATIENCE), 1);
        assert!(is_over(&overdue).await && !is_over(&fresh).await);
        // A holder that has to go does not come back into the line.
        overdue.turn().begin();
        assert!(room.ask_oldest());
        assert!(!room.ask_oldest());
        assert!(is_over(&fresh).await);
    }
}
