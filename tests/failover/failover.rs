//! Loses the primary, or the standby, under load.

use std::time::{Duration, Instant};

use testing::postgres::Pair;
use testing::waiting::eventually;

use crate::instance;
use crate::load::{self, SENDERS};

/// How soon after the database's return the service must work again.
const BACK: Duration = Duration::from_secs(5);

/// This number of acknowledgements shows that there is load.
const LOAD: u64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_missing_after_the_primary_was_killed_and_the_standby_promoted() {
    let pair = Pair::start().await;
    let service = instance::start(&pair.url(), "").await;
    let senders = load::start(service.place());
    eventually("load", async || senders.ledger.acknowledged() > LOAD).await;

    let killed = Instant::now();
    pair.primary.kill_all().await;
    // The outage lasts longer than a delivery waits for its commit.
    eventually("refusals", async || senders.ledger.refused() > as_count(SENDERS)).await;
    let until_promotion = killed.elapsed();
    pair.standby.promote().await;
    let promoted = Instant::now();
    eventually("load", async || senders.ledger.acknowledged_after(promoted) > LOAD).await;

    let entries = senders.finish().await;
    let (first, all) = entries.back_after(promoted, SENDERS);
    let what = format!(
        "killed; {} ms later promoted; {} ms after that the first success, {} ms until every \
         sender had one",
        until_promotion.as_millis(),
        first.as_millis(),
        all.as_millis(),
    );
    instance::print_trouble(&service);
    load::settle(&entries, &pair.standby.content(), what).await;
    assert!(all < BACK, "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_until_the_synchronous_standby_is_back() {
    let pair = Pair::start().await;
    // An operator may have set this for quick commits, which would be lost with the primary.
    pair.primary.run("alter role refund_inbox set synchronous_commit = local").await;
    let service = instance::start(&pair.url(), "").await;
    let senders = load::start(service.place());
    eventually("load", async || senders.ledger.acknowledged() > LOAD).await;

    pair.standby.stop().await;
    // A refused attempt has waited until its deadline, so earlier commits are answered.
    eventually("a refusal", async || senders.ledger.refused() > 0).await;
    let refused = Instant::now();
    eventually("refusals", async || senders.ledger.refused() > as_count(2 * SENDERS)).await;
    assert_eq!(senders.ledger.acknowledged_after(refused), 0);
    // Commits without a caller must not accumulate in the server.
    let sessions = "pg_stat_activity where application_name = 'refund-inbox'";
    assert!(pair.primary.content().count(sessions).await < 10);
    pair.standby.start_again().await;
    let back = Instant::now();
    eventually("load", async || senders.ledger.acknowledged_after(back) > LOAD).await;

    let entries = senders.finish().await;
    let (first, all) = entries.back_after(back, SENDERS);
    let what = format!(
        "standby back; first success {} ms later, all {} ms",
        first.as_millis(),
        all.as_millis()
    );
    instance::print_trouble(&service);
    load::settle(&entries, &pair.primary.content(), what).await;
    assert!(all < BACK, "{all:?}");
}

fn as_count(senders: usize) -> u64 {
    senders.try_into().unwrap()
}
