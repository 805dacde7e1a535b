//! Providers at work: several at a time, over connections that are kept alive, each sending again
//! until it hears success.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::books::{Attempt, Books, StdoutWriter};
use crate::client::{Answer, answer};
use crate::player::{Heard, Notification, Player};
use crate::service::Place;
use crate::story::{Chapter, Story, now};

/// How long a provider waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long everything may take to be acknowledged once nothing is wrong any more.
const LEAVE: Duration = Duration::from_secs(60);

/// What is sent, whereto, and how fast.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) players: Vec<Arc<Player>>,
    /// Services on one database, as behind a load balancer.
    pub(crate) places: Vec<Place>,
    /// How many refunds are told of at a time.
    pub(crate) senders: usize,
    pub(crate) pace: Pace,
    pub(crate) seed: u64,
}

/// How fast.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// Stories drawn by lot, the next when the one before is told.
    Stories {
        /// Between two stories of a sender.
        rest: Duration,
    },
    /// Single notifications at this rate over all senders, as far as answers come in time.
    Steady {
        /// Notifications a second.
        rate: u32,
    },
}

/// Senders at work.
pub(crate) struct Senders {
    pub(crate) books: Arc<Books>,
    stop: Arc<AtomicBool>,
    at_work: JoinSet<()>,
}

/// One connection or several, kept alive.
#[derive(Clone)]
pub(crate) struct Line {
    client: reqwest::Client,
    places: Vec<Place>,
}

impl Senders {
    pub(crate) fn begin(load: &Load) -> Self {
        let (books, stop) = (Arc::default(), Arc::default());
        let mut at_work = JoinSet::new();
        for number in 0..load.senders {
            let sender = Sender {
                number,
                load: load.clone(),
                line: Line::to(load.places.clone()),
                books: Arc::clone(&books),
                stop: Arc::clone(&stop),
                rng: Rng::with_seed(load.seed.wrapping_add(u64::try_from(number).unwrap())),
            };
            at_work.spawn(sender.work());
        }
        Self { books, stop, at_work }
    }

    /// Begins no new story, and returns when all that was begun is acknowledged.
    pub(crate) async fn finish(self) -> StdoutWriter {
        self.stop.store(true, Ordering::Relaxed);
        let done = timeout(LEAVE, self.at_work.join_all()).await;
        assert!(done.is_ok(), "a provider still sends again and again after {LEAVE:?}");
        self.books.close()
    }
}

struct Sender {
    number: usize,
    load: Load,
    line: Line,
    books: Arc<Books>,
    stop: Arc<AtomicBool>,
    rng: Rng,
}

impl Sender {
    async fn work(mut self) {
        let senders = u32::try_from(self.load.senders).unwrap();
        let mut ticks = match self.load.pace {
            Pace::Stories { .. } => None,
            Pace::Steady { rate } => {
                let mut ticks = interval(Duration::from_secs(1) * senders / rate);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                Some(ticks)
            }
        };
        for story_number in 0_u64.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let player = Arc::clone(&self.load.players[self.rng.usize(..self.load.players.len())]);
            // Some dialects take their first characters for a nonce, so they differ early.
            let serial = format!("{:04x}{:012x}", self.number, story_number);
            let story = match &mut ticks {
                None => Story::draw(&player, &serial, &mut self.rng),
                Some(ticks) => {
                    ticks.tick().await;
                    Story::of_success(&player, &serial)
                }
            };
            self.tell(story).await;
            if let Pace::Stories { rest } = self.load.pace {
                sleep(rest).await;
            }
        }
    }

    /// All chapters at once, or nearly: the order of arrival is drawn by lot.
    async fn tell(&mut self, story: Story) {
        let mut chapters = JoinSet::new();
        for chapter in story.chapters {
            let (line, books) = (self.line.clone(), Arc::clone(&self.books));
            let account = story.refund.account.clone();
            chapters.spawn(until_acknowledged(line, books, account, chapter, self.rng.fork()));
        }
        chapters.join_all().await;
        self.books.finished(story.refund);
    }
}

/// Sends until success is heard, and now and then once more, as a provider whose own database
/// forgot.
async fn until_acknowledged(
    line: Line,
    books: Arc<Books>,
    account: String,
    chapter: Chapter,
    mut rng: Rng,
) {
    let mut still_to_hear = if rng.u8(..8) == 0 { 2 } else { 1 };
    while still_to_hear > 0 {
        books.sending(&account, chapter.digest);
        let (attempt, words) = line.send(&chapter.notification, rng.usize(..)).await;
        books.heard(chapter.digest, attempt, words);
        match attempt.heard {
            Heard::Success => still_to_hear -= 1,
            // The books tell; once more would say the same.
            Heard::Refused | Heard::Strange => return,
            Heard::NotNow | Heard::Nothing => sleep(Duration::from_millis(rng.u64(20..120))).await,
        }
    }
}

impl Line {
    /// A line to services on one database.
    pub(crate) fn to(places: Vec<Place>) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { client, places }
    }

    /// Sends once to one of the services; what was heard, and in which words.
    pub(crate) async fn send(
        &self,
        notification: &Notification,
        choice: usize,
    ) -> (Attempt, String) {
        let url = self.places[choice % self.places.len()].public(&notification.player.route);
        let (sent, sent_at) = (Instant::now(), now());
        let answer = self.post(&url, notification).await;
        let answered = Instant::now();
        let account = notification.player.account();
        let (heard, words) = match answer {
            Ok(answer) => {
                let heard = notification.heard(&answer, sent_at, now());
                (heard, format!("{account}: {answer:?}"))
            }
            Err(error) => (Heard::Nothing, format!("{account}: {error}")),
        };
        (Attempt { sent, answered, heard }, words)
    }

    async fn post(&self, url: &str, notification: &Notification) -> Result<Answer, reqwest::Error> {
        let request = self.client.post(url).headers(notification.headers.clone());
        answer(request.body(notification.body.clone()).send().await?).await
    }
}
