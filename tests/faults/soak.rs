//! A long run at a steady rate without anybody asking for the metrics: memory stays flat
//! (hazard 33). `script/soak` starts it, on the release binary.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::given::{number, say, seed};
use crate::player::hash_signed;
use crate::postgres::Postgres;
use crate::processes::resident_bytes;
use crate::senders::{Load, Pace, Senders};
use crate::service::Service;
use crate::tally::Tally;

/// Between two looks at the memory; shorter in a run too short for it.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long caches, pools and buffers may still grow; half of a run that is short.
const WARM_UP: Duration = Duration::from_secs(120);

/// How far the memory may spread after that, in percent of the least.
const FLAT: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: script/soak"]
async fn hazard_33_memory_stays_flat_over_a_long_run_with_no_scraper() {
    let length = Duration::from_secs(60 * number("FAULTS_MINUTES", 10));
    let rate = number("FAULTS_RATE", 500);
    let look_every = LOOK_EVERY.min(length / 10);
    let postgres = Postgres::start("soak").await;
    let service = Service::start(&postgres.configuration()).await;
    let load = Load {
        players: hash_signed(),
        places: vec![service.place()],
        senders: 64,
        pace: Pace::Steady { rate },
        seed: seed(),
    };
    let senders = Senders::begin(&load);
    let (began, mut sizes) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        sleep(look_every).await;
        let (at, bytes) = (began.elapsed(), resident_bytes(service.process_id()));
        let acknowledged = senders.books.acknowledged();
        say(format!(
            "soak: after {} s {} KiB resident, {acknowledged} acknowledged",
            at.as_secs(),
            bytes / 1024,
        ));
        sizes.push((at, bytes));
    }
    let acknowledged = senders.books.acknowledged();
    let run = Run { sizes, length, rate, acknowledged };
    let pages = senders.finish().await;
    Tally::of(&pages, &postgres.database()).await.hold("soak", &run);
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
    /// The least and the most after the warm-up, in bytes.
    fn range(&self) -> (u64, u64) {
        let warm_up = WARM_UP.min(self.length / 2);
        let warm = self.sizes.iter().filter(|(at, _)| *at >= warm_up);
        let warm: Vec<u64> = warm.map(|(_, bytes)| *bytes).collect();
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
            least / 1024,
            most / 1024,
            if self.spread() <= FLAT { "flat" } else { "NOT flat" },
        )
    }
}
