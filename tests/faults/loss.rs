//! The loss checker: it kills services and their Postgres at random moments under load. At the end
//! every acknowledged notification must be stored, once, in the right state.
//!
//! `FAULTS_KILLS` says how many kills, `FAULTS_SEED` repeats a draw; `script/loss` sets both.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use fastrand::Rng;
use nix::sys::signal::Signal;
use private_postgres::Durability;
use testing::database::Database;
use testing::postgres::{Postgres, lay_out};
use testing::printing::print_always;
use testing::processes;
use testing::provider_sim::{QUIET, accounts, all, configuration};
use testing::scratch;
use testing::senders::{Load, Pace, Senders};
use testing::service::Service;
use testing::tally::Tally;
use testing::waiting::eventually;
use tokio::time::sleep;

use crate::given::{number, seed};

/// The least number of acknowledgements between two kills, so that each kill hits a working
/// process.
const UNDER_WAY: u64 = 5;

/// What is killed. The list shows how often of ten kills each is chosen.
const OF_TEN: [Kill; 10] = [
    Kill::Service,
    Kill::Service,
    Kill::Service,
    Kill::Service,
    Kill::Service,
    Kill::Backend,
    Kill::Backend,
    Kill::Postgres,
    Kill::PostgresAtOnce,
    Kill::Both,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kill {
    Service,
    Backend,
    Postgres,
    PostgresAtOnce,
    Both,
    /// The embedded server under its service.
    Embedded,
    /// A service, its embedded server and its guard, all at once.
    Everything,
}

impl Kill {
    fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service kill -9",
            Self::Backend => "backend kill -9",
            Self::Postgres => "postgres kill -9",
            Self::PostgresAtOnce => "postgres SIGQUIT",
            Self::Both => "service and postgres kill -9",
            Self::Embedded => "embedded postgres kill -9",
            Self::Everything => "service, embedded postgres and guard kill -9",
        }
    }
}

/// The kills so far.
struct Kills {
    seed: u64,
    began: Instant,
    by_kind: BTreeMap<Kill, u64>,
}

impl Kills {
    fn none(seed: u64) -> Self {
        Self { seed, began: Instant::now(), by_kind: BTreeMap::new() }
    }

    fn count(&mut self, kill: Kill) {
        *self.by_kind.entry(kill).or_default() += 1;
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.by_kind.values().sum();
        let each: Vec<String> =
            self.by_kind.iter().map(|(kill, times)| format!("{times} {}", kill.as_str())).collect();
        let seconds = self.began.elapsed().as_secs();
        write!(formatter, "{all} kills ({}) in {seconds} s, seed {}", each.join(", "), self.seed)
    }
}

fn load(services: &[&Service], seed: u64) -> Load {
    Load {
        providers: all(),
        places: services.iter().map(|service| service.place()).collect(),
        senders: 8,
        pace: Pace::Scenarios { rest: Duration::ZERO },
        seed,
    }
}

/// Waits until the senders get answers, and then until a random moment.
async fn while_they_work(senders: &Senders, rng: &mut Rng) {
    let wanted = senders.ledger.acknowledged() + UNDER_WAY;
    eventually("acknowledgements", async || senders.ledger.acknowledged() >= wanted).await;
    sleep(Duration::from_micros(rng.u64(0..200_000))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_services_and_postgres_are_killed() {
    let seed = seed();
    let mut rng = Rng::with_seed(seed);
    let mut kills = Kills::none(seed);
    print_always(format!("loss: seed {seed}"));
    let postgres = Postgres::start_migrated("loss").await;
    let configuration = configuration(postgres.url());
    let mut services = [Service::start(&configuration).await, Service::start(&configuration).await];
    let senders = Senders::start(&load(&[&services[0], &services[1]], seed));
    for _ in 0..number("FAULTS_KILLS", 20) {
        while_they_work(&senders, &mut rng).await;
        let kill = OF_TEN[rng.usize(..OF_TEN.len())];
        let victim = &mut services[rng.usize(..2)];
        match kill {
            Kill::Service => {
                victim.kill().await;
                victim.start_again().await;
            }
            // Postgres ends all sessions, recovers and continues by itself.
            Kill::Backend => {
                let choice = rng.usize(..);
                eventually("a session", async || postgres.kill_a_backend(choice)).await;
            }
            Kill::Postgres => {
                postgres.kill_all().await;
                postgres.start_again().await;
            }
            Kill::PostgresAtOnce => {
                postgres.shut_down_at_once().await;
                postgres.start_again().await;
            }
            Kill::Both => {
                let (_, ()) = tokio::join!(victim.kill(), postgres.kill_all());
                postgres.start_again().await;
                victim.start_again().await;
            }
            Kill::Embedded | Kill::Everything => panic!("there is no embedded server here"),
        }
        kills.count(kill);
    }
    let entries = senders.finish().await;
    Tally::of(&entries, &postgres.content()).await.check("loss", kills);
}

/// Checks the checker with a database that has lost an event. (A server that reports a commit before
/// it is on disk could lose one, but the service does not allow that.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_lost_after_its_acknowledgement_is_reported() {
    let postgres = Postgres::start_migrated_in(scratch::unused("loses"), Durability::Relaxed).await;
    let service = Service::start(&configuration(postgres.url())).await;
    let senders = Senders::start(&load(&[&service], seed()));
    while_they_work(&senders, &mut Rng::new()).await;
    let entries = senders.finish().await;
    let whole = Tally::of(&entries, &postgres.content()).await;
    assert_eq!(whole.missing(), 0, "{whole}");
    let gone = "delete from refund_inbox.refund_events
        where seq = (select min(seq) from refund_inbox.refund_events)";
    postgres.run(gone).await;
    let tally = Tally::of(&entries, &postgres.content()).await;
    assert_eq!(tally.missing(), 1, "{tally}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_a_service_with_its_own_postgres_is_killed() {
    let seed = seed();
    let mut rng = Rng::with_seed(seed);
    let mut kills = Kills::none(seed);
    print_always(format!("loss, embedded: seed {seed}"));
    let state = scratch::unused("embedded");
    lay_out(&state).await;
    let configuration = format!("{QUIET}[embedded]\ndirectory = {state:?}\n{}", accounts());
    let mut service = Service::start(&configuration).await;
    let senders = Senders::start(&load(&[&service], seed));
    // Each start waits until the previous server is gone, which takes time.
    for _ in 0..number("FAULTS_KILLS", 20_u64).div_ceil(4) {
        while_they_work(&senders, &mut rng).await;
        let kill = [Kill::Service, Kill::Embedded, Kill::Everything][rng.usize(..3)];
        let data = state.join("postgres").canonicalize().unwrap();
        let server = fs::read_to_string(data.join("postmaster.pid")).unwrap();
        let server = server.lines().next().unwrap().parse().unwrap();
        match kill {
            Kill::Embedded => {
                processes::send(server, Signal::SIGKILL);
                // The service ends without its server; its supervisor starts it again.
                assert_eq!(service.wait().await.code(), Some(1), "{:?}", service.said());
            }
            Kill::Everything => {
                let guards = processes::guards_of(&data);
                service.kill().await;
                for id in guards.into_iter().chain(processes::working_in(&data)) {
                    processes::send(id, Signal::SIGKILL);
                }
            }
            _ => service.kill().await,
        }
        service.start_again().await;
        kills.count(kill);
    }
    let entries = senders.finish().await;
    let url = fs::read_to_string(state.join("url")).unwrap();
    Tally::of(&entries, &Database::new(&url)).await.check("loss, embedded", kills);
}
