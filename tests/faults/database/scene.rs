//! A service under load, watched by a load balancer and pestered by a forger, while something
//! happens to its database.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use refund_providers::contract::simulation::Scenario;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::books::{Attempt, Pages};
use crate::client::{CLIENT, eventually};
use crate::given::seed;
use crate::player::{Heard, everybody};
use crate::postgres::Postgres;
use crate::senders::{Line, Load, Pace, Senders};
use crate::service::{Place, Service};
use crate::story::now;
use crate::tally::Tally;

/// What is promised: an answer within this time, and full service within this time of the
/// database's return.
pub(super) const PROMISED: Duration = Duration::from_secs(5);

/// How many acknowledgements make sure that everything goes on.
const AT_WORK: u64 = 20;

/// How many refusals make sure that nothing does: more than there are senders.
const REFUSED: u64 = 7;

/// A service under load.
pub(super) struct Scene {
    pub(super) postgres: Postgres,
    /// Ends with the scene.
    _service: Service,
    pub(super) senders: Senders,
    name: &'static str,
    onlookers: Onlookers,
    began: Instant,
    returned: Option<Instant>,
}

/// Whoever else calls.
struct Onlookers {
    seen: Arc<Mutex<Seen>>,
    at_work: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    /// When the load balancer was told that the service is ready, and when that it is not.
    ready: Vec<(Instant, bool)>,
    /// What the forger heard.
    forged: Vec<Attempt>,
}

impl Scene {
    /// A service on a server of its own, at work.
    pub(super) async fn begin(name: &'static str) -> Self {
        let postgres = Postgres::start(name).await;
        let configuration = postgres.configuration();
        Self::begin_with(name, postgres, &configuration).await
    }

    /// The same on this server, reached as this configuration says.
    pub(super) async fn begin_with(
        name: &'static str,
        postgres: Postgres,
        configuration: &str,
    ) -> Self {
        let service = Service::start(configuration).await;
        let scene = Self::around(name, postgres, service);
        scene.is_at_work().await;
        scene
    }

    /// The same around a service that may not serve yet.
    pub(super) fn around(name: &'static str, postgres: Postgres, service: Service) -> Self {
        let load = Load {
            players: everybody(),
            places: vec![service.place()],
            senders: 6,
            pace: Pace::Stories { rest: Duration::from_millis(5) },
            seed: seed(),
        };
        let senders = Senders::begin(&load);
        let onlookers = Onlookers::begin(service.place());
        Self {
            postgres,
            _service: service,
            senders,
            name,
            onlookers,
            began: Instant::now(),
            returned: None,
        }
    }

    /// Waits until providers are acknowledged.
    pub(super) async fn is_at_work(&self) {
        let wanted = self.senders.books.acknowledged() + AT_WORK;
        let at_work = async || self.senders.books.acknowledged() >= wanted;
        eventually("acknowledgements", at_work).await;
    }

    /// Waits until providers are told to send again.
    pub(super) async fn is_refused(&self) {
        let wanted = self.senders.books.not_now() + REFUSED;
        eventually("refusals", async || self.senders.books.not_now() >= wanted).await;
    }

    /// Waits until providers are told to send again, and the load balancer to go elsewhere.
    pub(super) async fn is_out_of_service(&self) {
        self.is_refused().await;
        eventually("readiness to be withdrawn", async || !self.is_ready()).await;
    }

    fn is_ready(&self) -> bool {
        self.onlookers.seen.lock().unwrap().ready.last().is_some_and(|(_, ready)| *ready)
    }

    /// From this moment on nothing is wrong with the database.
    pub(super) fn all_is_well(&mut self) {
        self.returned = Some(Instant::now());
    }

    /// Waits until everything goes on, holds the promises, and shows what happened.
    pub(super) async fn finish(self) {
        self.is_at_work().await;
        eventually("readiness", async || self.is_ready()).await;
        let database = self.postgres.database();
        let newest = "select max(received_at)::text as at from refund_inbox.refused_deliveries";
        let penned = database.row(newest).await;
        let goes_on = async || database.row(newest).await != penned;
        eventually("the pen to be written again", goes_on).await;
        let pages = self.senders.finish().await;
        let seen = self.onlookers.leave();
        let report = Report::of(&pages, &seen, self.began, self.returned.unwrap());
        let tally = Tally::of(&pages, &database).await;
        tally.hold(self.name, &report);
        report.hold();
        assert_eq!(tally.unanswered(), 0, "everybody gets an answer");
    }
}

impl Onlookers {
    fn begin(place: Place) -> Self {
        let seen = Arc::default();
        let mut at_work = JoinSet::new();
        at_work.spawn(balance_load(place.clone(), Arc::clone(&seen)));
        at_work.spawn(forge(place, Arc::clone(&seen)));
        Self { seen, at_work }
    }

    fn leave(mut self) -> Seen {
        self.at_work.abort_all();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

async fn balance_load(place: Place, seen: Arc<Mutex<Seen>>) {
    loop {
        let answer = CLIENT.get(place.operator("/readyz")).send().await;
        let ready = answer.is_ok_and(|answer| answer.status().is_success());
        seen.lock().unwrap().ready.push((Instant::now(), ready));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Alters a notification of each provider, and sends it again and again.
async fn forge(place: Place, seen: Arc<Mutex<Seen>>) {
    let line = Line::to(vec![place]);
    let players = everybody();
    let forgery =
        |player| crate::player::Player::notification(player, Scenario::Tampered, "f0", now());
    let forgeries: Vec<_> = players.iter().filter_map(forgery).collect();
    assert_eq!(forgeries.len(), players.len());
    for forgery in forgeries.iter().cycle() {
        let (attempt, _) = line.send(forgery, 0).await;
        seen.lock().unwrap().forged.push(attempt);
        sleep(Duration::from_millis(50)).await;
    }
}

/// How it went, in time.
struct Report {
    lasted: Duration,
    slowest_answer: Duration,
    first_success: Duration,
    last_refusal: Duration,
    ready: Duration,
    forged: usize,
    forged_heard: Vec<Heard>,
    slowest_forged: Duration,
}

impl Report {
    fn of(pages: &Pages, seen: &Seen, began: Instant, returned: Instant) -> Self {
        let after = |at: Instant| at.saturating_duration_since(returned);
        let answers = |heard: fn(Heard) -> bool| {
            pages.attempts.iter().filter(move |it| heard(it.heard)).map(|it| it.answered)
        };
        let successes = answers(|heard| heard == Heard::Success);
        let refusals = answers(|heard| heard != Heard::Success);
        let not_ready = seen.ready.iter().filter(|(_, ready)| !ready).map(|(at, _)| *at);
        let mut forged_heard: Vec<Heard> = seen.forged.iter().map(|it| it.heard).collect();
        forged_heard.sort();
        forged_heard.dedup();
        Self {
            lasted: returned - began,
            slowest_answer: pages.attempts.iter().map(Attempt::took).max().unwrap(),
            first_success: successes.filter(|at| *at > returned).map(after).min().unwrap(),
            last_refusal: refusals.map(after).max().unwrap_or_default(),
            ready: not_ready.map(after).max().unwrap_or_default(),
            forged: seen.forged.len(),
            forged_heard,
            slowest_forged: seen.forged.iter().map(Attempt::took).max().unwrap_or_default(),
        }
    }

    fn hold(&self) {
        assert!(self.slowest_answer < PROMISED, "an answer took {:?}", self.slowest_answer);
        assert!(self.last_refusal < PROMISED, "refused {:?} after the return", self.last_refusal);
        assert!(self.ready < PROMISED, "not ready {:?} after the return", self.ready);
        // Verification never needs the database (hazard 26).
        assert_eq!(self.forged_heard, [Heard::Refused], "what a forger hears");
        assert!(self.slowest_forged < PROMISED, "a forger waited {:?}", self.slowest_forged);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "lasted {} ms, slowest answer {} ms; after the return: first success {} ms, last \
             refusal {} ms, ready {} ms; {} forged all refused, slowest {} ms",
            self.lasted.as_millis(),
            self.slowest_answer.as_millis(),
            self.first_success.as_millis(),
            self.last_refusal.as_millis(),
            self.ready.as_millis(),
            self.forged,
            self.slowest_forged.as_millis(),
        )
    }
}
