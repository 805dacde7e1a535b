//! Measures the service without deliveries: how soon it is ready, and what its readiness costs.

use std::time::{Duration, Instant};

use testing::client::get;
use tokio::time::{interval, sleep};

use super::bench::Bench;
use crate::report;
use crate::run::quantile;
use crate::service::Service;

/// How often the service is started.
const STARTS: usize = 15;

/// How often a client asks whether it is ready.
const EVERY: Duration = Duration::from_millis(100);

/// Measures the time from the start of the process to a ready service, on an existing database.
pub(super) async fn start(bench: &mut Bench) {
    report::section("Start to ready, on an existing database");
    let database = bench.postgres.fresh().await;
    let lines = bench.dialects[0].configuration();
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let (service, took) = Service::start_until_ready(&database, &lines).await;
        times.push(took);
        service.stop().await;
    }
    bench.postgres.remove(database).await;
    times.sort_unstable();
    let [median, slowest] = [0.5, 1.0].map(|share| quantile(&times, share));
    report::remark(&format!(
        "median {} ms, slowest {} ms",
        report::milliseconds(median),
        report::milliseconds(slowest)
    ));
    bench.figures.start = Some(median.as_secs_f64());
}

/// Measures what a client costs that asks ten times a second whether the service is ready.
pub(super) async fn readiness(bench: &mut Bench) {
    report::section("Readiness, asked ten times a second");
    let database = bench.postgres.fresh().await;
    let service = Service::start(&database, &bench.dialects[0].configuration()).await;
    let url = format!("http://{}/readyz", service.operator());
    assert_eq!(get(&url).await.status, 200);
    // A client keeps asking in a background task of every deployment, so it is measured for longer.
    let long = bench.options.longest() * 2;
    let spent = || service.time() + bench.postgres.time();
    let before = spent();
    sleep(long).await;
    let idle = spent().saturating_sub(before);

    let (before, began) = (spent(), Instant::now());
    let mut ticks = interval(EVERY);
    while began.elapsed() < long {
        ticks.tick().await;
        assert_eq!(get(&url).await.status, 200);
    }
    let (asked, took) = (spent().saturating_sub(before), began.elapsed());
    let share = |time: Duration, of: Duration| time.as_secs_f64() / of.as_secs_f64();
    let cost = share(asked, took) - share(idle, long);
    report::remark(&format!(
        "service and database: idle {:.2} % of a core, asked {:.2} %",
        share(idle, long) * 100.0,
        share(asked, took) * 100.0
    ));
    bench.figures.readiness = Some(cost * 100.0);
    service.stop().await;
    bench.postgres.remove(database).await;
}
