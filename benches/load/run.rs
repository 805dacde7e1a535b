//! One run: a fresh database, the service on it, load, and a look at what was kept.

use std::sync::Arc;
use std::time::Duration;

use crate::database::{Database, Kept, Postgres};
use crate::generator::{Answer, Generator, Manner, Plan};
use crate::notifications::{Dialect, Notification};
use crate::service::{Groups, Service};

/// The most requests of a plan for each second that it may last.
const MOST_A_SECOND: f64 = 40_000.0;

/// What is to be measured.
#[derive(Clone)]
pub(crate) struct Trial {
    pub(crate) name: String,
    pub(crate) connections: usize,
    pub(crate) longest: Duration,
    /// The share of requests that repeat an earlier one.
    pub(crate) repeats: f64,
    /// Requests a second by a clock; absent: as many as are answered.
    pub(crate) rate: Option<f64>,
    /// `[recording] group_deliveries`, where it is not the default.
    pub(crate) group_limit: Option<u32>,
    pub(crate) instances: usize,
}

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) connections: usize,
    /// Acknowledged deliveries, and how many that is a second.
    pub(crate) acknowledged: usize,
    pub(crate) rate: f64,
    /// Latencies of which 50, 99 and 99.9 % are not longer.
    pub(crate) latency: [Duration; 3],
    /// Time on a core for each delivery: service, Postgres, generator.
    pub(crate) time: [Duration; 3],
    /// The instance that held most.
    pub(crate) peak_memory_kib: u64,
    pub(crate) group_size: f64,
    pub(crate) not_success: usize,
    pub(crate) kept: Kept,
    pub(crate) complaints: Vec<String>,
}

/// Measures on `database`, which is left with what was recorded.
pub(crate) async fn measure(
    postgres: &Postgres,
    database: &mut Database,
    dialects: &[&Dialect],
    trial: &Trial,
) -> Measured {
    let plan = Arc::new(plan(dialects, trial));
    let lines = configuration(dialects, trial);
    let mut services = Vec::new();
    for number in 0..trial.instances {
        services.push(Service::start(database, number, &lines).await);
    }
    let manner = Manner {
        addresses: services.iter().map(|service| service.public).collect(),
        connections: trial.connections,
        longest: trial.longest,
        rate: trial.rate,
    };
    let mut generator = Generator::open(Arc::clone(&plan), manner).await;
    let unmeasured = generator.warm_up().await;
    database.settle().await;

    let (before, groups_before) = (times(postgres, &services), groups(&services).await);
    let (answers, took) = generator.run().await;
    let (after, groups_after) = (times(postgres, &services), groups(&services).await);
    drop(generator);
    let peak_memory_kib = services.iter().map(Service::peak_memory_kib).max().unwrap_or_default();
    let complaints = services.into_iter().flat_map(Service::stop).collect();

    let kept = look_up(database, &plan, &[&unmeasured[..], &answers].concat()).await;
    let mut latencies: Vec<Duration> =
        answers.iter().filter(|answer| answer.is_success()).map(|answer| answer.took).collect();
    latencies.sort_unstable();
    let acknowledged = latencies.len();
    let each = u32::try_from(acknowledged.max(1)).unwrap();
    let groups = groups_after.count - groups_before.count;
    let grouped = groups_after.deliveries - groups_before.deliveries;
    Measured {
        name: trial.name.clone(),
        connections: trial.connections,
        acknowledged,
        rate: acknowledged as f64 / took.as_secs_f64(),
        latency: [0.5, 0.99, 0.999].map(|share| quantile(&latencies, share)),
        time: [0, 1, 2].map(|which| after[which].saturating_sub(before[which]) / each),
        peak_memory_kib,
        group_size: grouped / groups.max(1.0),
        not_success: answers.len() - acknowledged,
        kept,
        complaints,
    }
}

fn configuration(dialects: &[&Dialect], trial: &Trial) -> String {
    let limit =
        trial.group_limit.map(|limit| format!("[recording]\ngroup_deliveries = {limit}\n\n"));
    let accounts = dialects.iter().map(|dialect| dialect.configuration());
    limit.into_iter().chain(accounts).collect()
}

/// The dialects' notifications in turn, with repeats of random earlier ones in between.
fn plan(dialects: &[&Dialect], trial: &Trial) -> Plan {
    let fewest = dialects.iter().map(|dialect| dialect.notifications().len()).min().unwrap_or(0);
    let notifications: Vec<_> = (0..fewest)
        .flat_map(|place| dialects.iter().map(move |dialect| &dialect.notifications()[place]))
        .map(Arc::clone)
        .collect();
    let most = (trial.longest.as_secs_f64() * MOST_A_SECOND) as usize + 1024;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut order = Vec::new();
    let mut fresh: u32 = 0;
    while order.len() < most {
        if fresh > 0 && random.next_share() < trial.repeats {
            order.push((random.next_share() * f64::from(fresh)) as u32);
        } else if (fresh as usize) < notifications.len() {
            order.push(fresh);
            fresh += 1;
        } else {
            break;
        }
    }
    Plan { notifications, order }
}

/// The same numbers in every run (xorshift).
struct Random(u64);

impl Random {
    fn next_share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn times(postgres: &Postgres, services: &[Service]) -> [Duration; 3] {
    let ours = crate::processes::time_of(std::process::id());
    [services.iter().map(Service::time).sum(), postgres.time(), ours]
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

async fn look_up(database: &mut Database, plan: &Plan, answers: &[Answer]) -> Kept {
    let successes = || answers.iter().filter(|answer| answer.is_success());
    let mut numbers: Vec<u32> = successes().map(|answer| plan.order[answer.place]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let acknowledged: Vec<&Notification> =
        numbers.iter().map(|number| &*plan.notifications[*number as usize]).collect();
    database.kept(&acknowledged, successes().count().try_into().unwrap()).await
}

/// The value of which this share is not larger.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
