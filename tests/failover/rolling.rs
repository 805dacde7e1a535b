//! Stops and restarts one instance after the other, behind a load balancer, under load.

use testing::postgres::Postgres;
use testing::service::Service;
use testing::waiting::eventually;

use crate::balancer::Balancer;
use crate::{instance, load};

/// How often each instance is restarted.
const ROUNDS: usize = 2;

/// The time that `deploy/haproxy.cfg` needs. nginx does not check readiness, so there is nothing to
/// wait for.
const LAME_DUCK: &str = "lame_duck_seconds = 3";

#[tokio::test(flavor = "multi_thread")]
async fn hazard_21_no_sender_notices_a_rolling_restart_behind_haproxy() {
    let postgres = Postgres::start("alone").await;
    let mut services = two_on(&postgres, LAME_DUCK).await;
    let balancer = Balancer::haproxy([&services[0], &services[1]]).await;
    let senders = load::start(balancer.place());
    for _ in 0..ROUNDS {
        for (service, name) in services.iter_mut().zip(["one", "two"]) {
            until_at_work(service).await;
            instance::end(service).await;
            service.start_again().await;
            eventually("the balancer to notice", async || balancer.is_up(name).await).await;
        }
    }
    let trouble = balancer.trouble().await;
    let entries = senders.finish().await;
    let tally = load::settle(&entries, &postgres.content(), "rolling restart").await;
    assert_eq!(tally.refused(), 0);
    // HAProxy did not hide a failure by sending a request twice.
    assert!(trouble.is_empty(), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hazard_21_no_sender_notices_a_rolling_restart_behind_nginx() {
    let postgres = Postgres::start("alone").await;
    let mut services = two_on(&postgres, "").await;
    let balancer = Balancer::nginx([&services[0], &services[1]]).await;
    let senders = load::start(balancer.place());
    for _ in 0..ROUNDS {
        for service in &mut services {
            until_at_work(service).await;
            instance::end(service).await;
            service.start_again().await;
            // nginx returns to the instance by itself.
            until_at_work(service).await;
        }
    }
    let entries = senders.finish().await;
    let tally = load::settle(&entries, &postgres.content(), "rolling restart").await;
    assert_eq!(tally.refused(), 0);
}

async fn two_on(postgres: &Postgres, http: &str) -> [Service; 2] {
    let first = instance::start(postgres.url(), http).await;
    [first, instance::start(postgres.url(), http).await]
}

/// Waits until the instance has recorded something since its start.
async fn until_at_work(service: &Service) {
    eventually("work", async || !service.lines("delivery recorded").is_empty()).await;
}
