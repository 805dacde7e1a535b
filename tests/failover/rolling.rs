//! One instance after the other is stopped and started again, behind a load balancer, under load.

use crate::balancer::Balancer;
use crate::client::eventually;
use crate::pair::Node;
use crate::senders::Senders;
use crate::service::Service;

const SENDERS: usize = 8;

/// How often each instance is restarted.
const ROUNDS: usize = 2;

/// What `deploy/haproxy.cfg` asks for. nginx does not look at readiness: nothing to wait for.
const LAME_DUCK: &str = "lame_duck_seconds = 3";

#[tokio::test(flavor = "multi_thread")]
async fn hazard_21_a_rolling_restart_behind_haproxy_is_seen_by_no_sender() {
    let node = Node::alone();
    let mut services = two_on(&node, LAME_DUCK).await;
    let balancer = Balancer::haproxy([&services[0], &services[1]]).await;
    let senders = Senders::start(SENDERS, &balancer.url());
    for _ in 0..ROUNDS {
        for (service, name) in services.iter_mut().zip(["one", "two"]) {
            until_at_work(service).await;
            service.end().await;
            service.start_again().await;
            eventually("the balancer to notice", async || balancer.is_up(name).await).await;
        }
    }
    let trouble = balancer.trouble().await;
    let tally = senders.finish().await;
    assert_eq!(tally.refused, 0);
    tally.account(&node.url()).await.settle();
    // Nor was anything sent twice to hide it from them.
    assert!(trouble.is_empty(), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hazard_21_a_rolling_restart_behind_nginx_is_seen_by_no_sender() {
    let node = Node::alone();
    let mut services = two_on(&node, "").await;
    let balancer = Balancer::nginx([&services[0], &services[1]]).await;
    let senders = Senders::start(SENDERS, &balancer.url());
    for _ in 0..ROUNDS {
        for service in &mut services {
            until_at_work(service).await;
            service.end().await;
            service.start_again().await;
            // nginx comes back to it by itself.
            until_at_work(service).await;
        }
    }
    let tally = senders.finish().await;
    assert_eq!(tally.refused, 0);
    tally.account(&node.url()).await.settle();
}

async fn two_on(node: &Node, http: &str) -> [Service; 2] {
    let first = Service::start(&node.url(), http).await;
    [first, Service::start(&node.url(), http).await]
}

/// Until it has recorded something since it was started.
async fn until_at_work(service: &Service) {
    eventually("work", async || !service.lines("delivery recorded").is_empty()).await;
}
