//! A service under load while its database fails. A load balancer asks for its readiness, and a
//! forger sends altered notifications throughout.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use refund_providers::contract::simulation::Scenario;
use testing::client::CLIENT;
use testing::ledger::{Attempt, Entries};
use testing::place::Place;
use testing::postgres::Postgres;
use testing::provider_sim::{ProviderSim, Understood, all, configuration};
use testing::scenario::now;
use testing::sender::Sender;
use testing::senders::{Load, Pace, Senders};
use testing::service::Service;
use testing::tally::Tally;
use testing::waiting::eventually;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::given::seed;

/// The promise: an answer within this time, and full service within this time of the database's
/// return.
pub(super) const PROMISED: Duration = Duration::from_secs(5);

/// This number of acknowledgements shows that the service works.
const AT_WORK: u64 = 20;

/// This number of refusals, more than there are senders, shows that it does not.
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

/// The load balancer and the forger.
struct Onlookers {
    seen: Arc<Mutex<Seen>>,
    at_work: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    /// When the load balancer asked, and whether the service was ready.
    ready: Vec<(Instant, bool)>,
    /// What the forger sent.
    forged: Vec<Attempt>,
}

impl Scene {
    /// Starts a service on a server of its own, and waits until it works.
    pub(super) async fn begin(name: &'static str) -> Self {
        let postgres = Postgres::start_migrated(name).await;
        let configuration = configuration(postgres.url());
        Self::begin_with(name, postgres, &configuration).await
    }

    /// Starts a service with this configuration, and waits until it works.
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

    /// Sets the scene around a service that may not serve yet.
    pub(super) fn around(name: &'static str, postgres: Postgres, service: Service) -> Self {
        let load = Load {
            providers: all(),
            places: vec![service.place()],
            senders: 6,
            pace: Pace::Scenarios { rest: Duration::from_millis(5) },
            seed: seed(),
        };
        let senders = Senders::start(&load);
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
        let wanted = self.senders.ledger.acknowledged() + AT_WORK;
        let at_work = async || self.senders.ledger.acknowledged() >= wanted;
        eventually("acknowledgements", at_work).await;
    }

    /// Waits until providers are answered "send again".
    pub(super) async fn is_refused(&self) {
        let wanted = self.senders.ledger.refused() + REFUSED;
        eventually("refusals", async || self.senders.ledger.refused() >= wanted).await;
    }

    /// Waits until providers are answered "send again" and the service is not ready.
    pub(super) async fn is_out_of_service(&self) {
        self.is_refused().await;
        eventually("readiness to be withdrawn", async || !self.is_ready()).await;
    }

    fn is_ready(&self) -> bool {
        self.onlookers.seen.lock().unwrap().ready.last().is_some_and(|(_, ready)| *ready)
    }

    /// Notes that the database works from now on.
    pub(super) fn all_is_well(&mut self) {
        self.returned = Some(Instant::now());
    }

    /// Waits until everything works again, prints the report, and checks the promises.
    pub(super) async fn finish(self) {
        self.is_at_work().await;
        eventually("readiness", async || self.is_ready()).await;
        let database = self.postgres.content();
        let newest = "select max(received_at)::text as at from refund_inbox.refused_deliveries";
        let before = database.row(newest).await;
        let goes_on = async || database.row(newest).await != before;
        eventually("the quarantine to be written again", goes_on).await;
        let entries = self.senders.finish().await;
        let seen = self.onlookers.leave();
        let report = Report::of(&entries, &seen, self.began, self.returned.unwrap());
        let tally = Tally::of(&entries, &database).await;
        tally.check(self.name, &report);
        report.check();
        assert_eq!(tally.unanswered(), 0, "attempts without an answer");
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
    let sender = Sender::new(0, vec![place]);
    let providers = all();
    let forgery = |provider| ProviderSim::notification(provider, Scenario::Tampered, "f0", now());
    let forgeries: Vec<_> = providers.iter().filter_map(forgery).collect();
    assert_eq!(forgeries.len(), providers.len());
    for forgery in forgeries.iter().cycle() {
        let (attempt, _) = sender.send(forgery, 0).await;
        seen.lock().unwrap().forged.push(attempt);
        sleep(Duration::from_millis(50)).await;
    }
}

/// How long everything took.
struct Report {
    lasted: Duration,
    slowest_answer: Duration,
    first_success: Duration,
    last_refusal: Duration,
    ready: Duration,
    forged: usize,
    forger_understood: Vec<Understood>,
    slowest_forged: Duration,
}

impl Report {
    fn of(entries: &Entries, seen: &Seen, began: Instant, returned: Instant) -> Self {
        let after = |at: Instant| at.saturating_duration_since(returned);
        let answers = |is_counted: fn(Understood) -> bool| {
            entries
                .attempts
                .iter()
                .filter(move |it| is_counted(it.understood))
                .map(|it| it.answered)
        };
        let successes = answers(|understood| understood == Understood::Success);
        let refusals = answers(|understood| understood != Understood::Success);
        let not_ready = seen.ready.iter().filter(|(_, ready)| !ready).map(|(at, _)| *at);
        let mut forger_understood: Vec<Understood> =
            seen.forged.iter().map(|it| it.understood).collect();
        forger_understood.sort();
        forger_understood.dedup();
        Self {
            lasted: returned - began,
            slowest_answer: entries.slowest(),
            first_success: successes.filter(|at| *at > returned).map(after).min().unwrap(),
            last_refusal: refusals.map(after).max().unwrap_or_default(),
            ready: not_ready.map(after).max().unwrap_or_default(),
            forged: seen.forged.len(),
            forger_understood,
            slowest_forged: seen.forged.iter().map(Attempt::took).max().unwrap_or_default(),
        }
    }

    fn check(&self) {
        assert!(self.slowest_answer < PROMISED, "an answer took {:?}", self.slowest_answer);
        assert!(self.last_refusal < PROMISED, "refused {:?} after the return", self.last_refusal);
        assert!(self.ready < PROMISED, "not ready {:?} after the return", self.ready);
        // Verification never needs the database (hazard 26).
        assert_eq!(self.forger_understood, [Understood::Refused], "what the forger understood");
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
