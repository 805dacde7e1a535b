//! The primary is lost under load, or the standby is.

use std::time::{Duration, Instant};

use crate::client::eventually;
use crate::pair::Pair;
use crate::senders::Senders;
use crate::service::Service;

/// How soon after the database's return the service must be back.
const BACK: Duration = Duration::from_secs(5);

const SENDERS: usize = 8;

/// Notifications that are a load.
const LOAD: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_missing_after_the_primary_was_killed_and_the_standby_promoted() {
    let mut pair = Pair::start().await;
    let service = Service::start(&pair.url(), "").await;
    let senders = Senders::start(SENDERS, &service.url());
    eventually("load", async || senders.so_far().successes.len() > LOAD).await;

    let killed = Instant::now();
    pair.primary.kill();
    // An outage that outlasts the time which a delivery waits for its commit.
    eventually("refusals", async || senders.so_far().refused > SENDERS).await;
    let until_promotion = killed.elapsed();
    pair.standby.promote();
    let promoted = Instant::now();
    eventually("load", async || senders.so_far().successes_after(promoted) > LOAD).await;

    let tally = senders.finish().await;
    let (first, all) = tally.back_after(promoted, SENDERS);
    println!(
        "killed; {} ms later promoted; {} ms after that the first success, {} ms until every \
         sender had one",
        until_promotion.as_millis(),
        first.as_millis(),
        all.as_millis(),
    );
    service.print_trouble();
    tally.account(&pair.standby.url()).await.settle();
    assert!(all < BACK, "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_synchronous_standby_nothing_is_acknowledged_until_it_is_back() {
    let mut pair = Pair::start().await;
    // What an operator may have set so that commits are quick; they would be lost with the primary.
    pair.primary.run("alter role refund_inbox set synchronous_commit = local").await;
    let service = Service::start(&pair.url(), "").await;
    let senders = Senders::start(SENDERS, &service.url());
    eventually("load", async || senders.so_far().successes.len() > LOAD).await;

    pair.standby.stop();
    // Whoever is refused has waited to its deadline: what was committed before is answered.
    eventually("a refusal", async || senders.so_far().refused > 0).await;
    let refused = Instant::now();
    eventually("refusals", async || senders.so_far().refused > 2 * SENDERS).await;
    assert_eq!(senders.so_far().successes_after(refused), 0);
    // Commits that nobody waits for any more do not pile up in the server.
    let sessions =
        "select count(*) < 10 from pg_stat_activity where application_name = 'refund-inbox'";
    assert_eq!(pair.primary.ask(sessions).await, Some(true));
    pair.standby.start_again();
    let back = Instant::now();
    eventually("load", async || senders.so_far().successes_after(back) > LOAD).await;

    let tally = senders.finish().await;
    let (first, all) = tally.back_after(back, SENDERS);
    println!(
        "standby back; first success {} ms later, all {} ms",
        first.as_millis(),
        all.as_millis()
    );
    service.print_trouble();
    tally.account(&pair.primary.url()).await.settle();
    assert!(all < BACK, "{all:?}");
}
