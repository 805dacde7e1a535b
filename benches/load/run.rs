//! One run: the service on a database, the load, and the check of what was stored.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use refund_inbox::clock::Clock;
use testing::core_time::{cores, time_of, time_of_all};

use crate::database::{Database, Kept, Postgres};
use crate::generator::{Answer, Generator, Manner};
use crate::notifications::{Dialect, Notification};
use crate::people::{People, Seen, Use};
use crate::plan::Plan;
use crate::service::{Groups, Service};

/// The most requests of a plan, for each second that it may last.
const MOST_A_SECOND: f64 = 40_000.0;

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) name: String,
    pub(crate) connections: usize,
    pub(crate) longest: Duration,
    /// The places of the notifications that may be used, of each dialect.
    pub(crate) window: Range<usize>,
    /// The share of requests that repeat an earlier one.
    pub(crate) repeats: f64,
    /// Requests a second by a clock. If absent, each connection sends its next request after its
    /// answer.
    pub(crate) rate: Option<f64>,
    /// `[recording] group_deliveries`, if it is not the default.
    pub(crate) group_limit: Option<u32>,
    pub(crate) instances: usize,
    /// Who uses the console meanwhile.
    pub(crate) used_by: Option<Use>,
    /// Whether bodies and headers are sealed.
    pub(crate) is_sealed: bool,
}

impl Trial {
    /// The usual trial: each connection sends after its answer, nothing is repeated, one instance
    /// runs.
    pub(crate) fn new(name: impl Into<String>, connections: usize, longest: Duration) -> Self {
        Self {
            name: name.into(),
            connections,
            longest,
            window: 0..usize::MAX,
            repeats: 0.0,
            rate: None,
            group_limit: None,
            instances: 1,
            used_by: None,
            is_sealed: false,
        }
    }
}

/// The measurements of one run.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) connections: usize,
    /// Acknowledged deliveries a second.
    pub(crate) rate: f64,
    /// The times within which 50 %, 99 % and 99.9 % of requests were answered.
    pub(crate) latency: [Duration; 3],
    /// Time on a core for each delivery: service, Postgres, generator.
    pub(crate) time: [Duration; 3],
    /// The share of the machine's time that went to other programs.
    pub(crate) others: f64,
    /// The peak of the instance that used most memory.
    pub(crate) peak_memory_kib: u64,
    pub(crate) group_size: f64,
    /// Bytes of WAL for each delivery.
    pub(crate) wal: f64,
    pub(crate) not_success: usize,
    pub(crate) kept: Kept,
    /// What people saw who used the console meanwhile.
    pub(crate) seen: Seen,
    /// Warnings and errors in the service's log.
    pub(crate) complaints: Vec<String>,
}

/// Measures on `database`, and leaves the recorded rows in it.
pub(crate) async fn measure(
    postgres: &Postgres,
    database: &mut Database,
    dialects: &[&Dialect],
    trial: &Trial,
) -> Measured {
    let most = (trial.longest.as_secs_f64() * MOST_A_SECOND) as usize + 1024;
    let plan = Arc::new(Plan::new(dialects, &trial.window, trial.repeats, most));
    let lines = configuration(dialects, trial);
    let first = Clock::System.now();
    let mut services = Vec::new();
    for _ in 0..trial.instances {
        services.push(Service::start(database, &lines).await);
    }
    let manner = Manner {
        addresses: services.iter().map(Service::public).collect(),
        connections: trial.connections,
        longest: trial.longest,
        rate: trial.rate,
    };
    let mut generator = Generator::open(Arc::clone(&plan), manner).await;
    let unmeasured = generator.warm_up().await;
    database.settle().await;

    let wal_before = database.wal_bytes().await;
    let (before, groups_before) = (Times::read(postgres, &services), groups(&services).await);
    let people = trial.used_by.map(|used_by| People::look_at(services[0].operator(), used_by));
    let (answers, took) = generator.run().await;
    let seen = people.map(People::stop).unwrap_or_default();
    let (after, groups_after) = (Times::read(postgres, &services), groups(&services).await);
    let wal = database.wal_bytes().await - wal_before;
    drop(generator);
    let peak_memory_kib = services.iter().map(Service::peak_memory_kib).max().unwrap_or_default();
    let mut complaints = Vec::new();
    for service in services {
        complaints.extend(service.stop().await);
    }

    let all = [&unmeasured[..], &answers].concat();
    let successes: Vec<&Answer> = all.iter().filter(|answer| answer.is_success()).collect();
    let sent = notifications_of(&plan, &successes);
    let kept = database.kept(&sent, successes.len().try_into().unwrap(), first).await;

    let mut latencies: Vec<Duration> =
        answers.iter().filter(|answer| answer.is_success()).map(|answer| answer.took).collect();
    latencies.sort_unstable();
    let acknowledged = latencies.len();
    let each = u32::try_from(acknowledged.max(1)).unwrap();
    let spent = after.since(&before);
    let groups = groups_after.count - groups_before.count;
    let grouped = groups_after.deliveries - groups_before.deliveries;
    Measured {
        name: trial.name.clone(),
        connections: trial.connections,
        rate: acknowledged as f64 / took.as_secs_f64(),
        latency: [0.5, 0.99, 0.999].map(|share| quantile(&latencies, share)),
        time: spent.ours.map(|time| time / each),
        others: spent.others().as_secs_f64() / took.as_secs_f64() / cores() as f64,
        peak_memory_kib,
        group_size: grouped / groups.max(1.0),
        wal: wal as f64 / f64::from(each),
        not_success: answers.len() - acknowledged,
        kept,
        seen,
        complaints,
    }
}

/// A throw-away key for bodies and headers.
const KEY: &str = "VGhyb3dBd2F5S2V5LTAxMjM0NTY3ODlhYmNkZWYtYWI=";

fn configuration(dialects: &[&Dialect], trial: &Trial) -> String {
    let limit =
        trial.group_limit.map(|limit| format!("[recording]\ngroup_deliveries = {limit}\n\n"));
    let sealed = trial.is_sealed.then(|| format!("[at_rest]\nkeys = [\"{KEY}\"]\n\n"));
    let accounts = dialects.iter().map(|dialect| dialect.configuration());
    limit.into_iter().chain(sealed).chain(accounts).collect()
}

/// Time on cores.
struct Times {
    /// Of service, Postgres, generator.
    ours: [Duration; 3],
    all: Duration,
}

impl Times {
    fn read(postgres: &Postgres, services: &[Service]) -> Self {
        let services = services.iter().map(Service::time).sum();
        let ours = [services, postgres.time(), time_of(std::process::id())];
        Self { ours, all: time_of_all() }
    }

    fn since(&self, before: &Self) -> Self {
        let ours = [0, 1, 2].map(|which| self.ours[which].saturating_sub(before.ours[which]));
        Self { ours, all: self.all.saturating_sub(before.all) }
    }

    fn others(&self) -> Duration {
        self.all.saturating_sub(self.ours.iter().sum())
    }
}

async fn groups(services: &[Service]) -> Groups {
    let mut all = Groups::default();
    for service in services {
        let groups = service.groups().await;
        all.count += groups.count;
        all.deliveries += groups.deliveries;
    }
    all
}

/// Returns the notifications of these answers, each once.
fn notifications_of<'p>(plan: &'p Plan, answers: &[&Answer]) -> Vec<&'p Notification> {
    let mut numbers: Vec<u32> = answers.iter().map(|answer| plan.order[answer.place]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().map(|number| &*plan.notifications[*number as usize]).collect()
}

/// Returns the value that this share of the sorted values does not exceed.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
