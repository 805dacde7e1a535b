//! A long run at a steady rate while no client reads the metrics: memory stays flat
//! (hazard 33). `script/soak` starts it, on the release binary.

use std::fmt;
use std::time::{Duration, Instant};

use testing::postgres::Postgres;
use testing::printing::print_always;
use testing::processes::memory_kib;
use testing::provider_sim::{configuration, hash_signed};
use testing::senders::{Load, Pace, Senders};
use testing::service::Service;
use testing::tally::Tally;
use tokio::time::sleep;

use crate::given::{number, seed};

/// The time between two looks at the memory, at most.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long caches, pools and buffers may still grow; at most half of the run.
const WARM_UP: Duration = Duration::from_secs(120);

/// How much the memory may vary after that, in percent of the least.
const FLAT: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: script/soak"]
async fn hazard_33_memory_stays_flat_over_a_long_run_with_no_scraper() {
    let length = Duration::from_secs(60 * number("FAULTS_MINUTES", 10));
    let rate = number("FAULTS_RATE", 500);
    let look_every = LOOK_EVERY.min(length / 10);
    let postgres = Postgres::start_migrated("soak").await;
    let service = Service::start(&configuration(postgres.url())).await;
    let load = Load {
        providers: hash_signed(),
        places: vec![service.place()],
        senders: 64,
        pace: Pace::Steady { rate },
        seed: seed(),
    };
    let senders = Senders::start(&load);
    let (began, mut sizes) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        sleep(look_every).await;
        let (at, kib) = (began.elapsed(), memory_kib(service.id()));
        let acknowledged = senders.ledger.acknowledged();
        print_always(format!(
            "soak: after {} s {} KiB resident, {acknowledged} acknowledged",
            at.as_secs(),
            kib,
        ));
        sizes.push((at, kib));
    }
    let acknowledged = senders.ledger.acknowledged();
    let run = Run { sizes, length, rate, acknowledged };
    let entries = senders.finish().await;
    Tally::of(&entries, &postgres.content()).await.check("soak", &run);
    assert!(run.spread() <= FLAT, "memory is not flat: {run}");
}

/// How a run went.
struct Run {
    sizes: Vec<(Duration, u64)>,
    length: Duration,
    rate: u32,
    acknowledged: u64,
}

impl Run {
    /// The least and the most after the warm-up, in KiB.
    fn range(&self) -> (u64, u64) {
        let warm_up = WARM_UP.min(self.length / 2);
        let warm = self.sizes.iter().filter(|(at, _)| *at >= warm_up);
        let warm: Vec<u64> = warm.map(|(_, kib)| *kib).collect();
        (*warm.iter().min().unwrap(), *warm.iter().max().unwrap())
    }

    /// In percent of the least.
    fn spread(&self) -> u64 {
        let (least, most) = self.range();
        (most - least) * 100 / least
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = self.range();
        let (seconds, rate) = (self.length.as_secs(), self.rate);
        write!(
            formatter,
            "{seconds} s at {rate}/s wanted, {}/s acknowledged; after the warm-up {} to {} KiB \
             resident: {} within {FLAT} %",
            self.acknowledged / seconds,
            least,
            most,
            if self.spread() <= FLAT { "flat" } else { "NOT flat" },
        )
    }
}
