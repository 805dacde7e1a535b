//! Upgrades one instance after the other from the previous version, rolls the binaries back, and
//! upgrades again, under load. `script/upgrade-check` builds the previous version and runs this.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use private_postgres::Durability;
use testing::place::Addresses;
use testing::postgres::Postgres;
use testing::program;
use testing::provider_sim::{ProviderSim, all};
use testing::senders::{Load, Pace, Senders};
use testing::service::{Service, on_database, open_directory};
use testing::waiting::eventually;

use crate::balancer::Balancer;
use crate::instance;
use crate::load::{self, SENDERS};

/// Names the program of the previous version.
const PREVIOUS: &str = "REFUND_UPGRADE_FROM";

/// This number of acknowledgements shows that the versions work side by side.
const LOAD: u64 = 400;

/// The previous version knows this provider, and did not rank its kinds of event. The rank is a part
/// of an event's digest, so a delivery that both versions receive is two events, and the tally does
/// not find those of the previous version.
const OTHER_DIGEST: &str = "airwallex";

/// The time that `deploy/haproxy.cfg` needs.
const LAME_DUCK: &str = "lame_duck_seconds = 3";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a program of the previous version: script/upgrade-check"]
async fn no_sender_notices_an_upgrade_a_rollback_of_the_binaries_and_an_upgrade_again() {
    let previous = PathBuf::from(std::env::var_os(PREVIOUS).expect(PREVIOUS));
    let new = program::path();
    let directory = open_directory();
    let postgres = Postgres::start_in(directory.path().join("one"), Durability::Durable).await;
    let is_compared = |provider: &Arc<ProviderSim>| {
        provider.provider() != OTHER_DIGEST && is_known(&previous, provider)
    };
    let providers: Vec<_> = all().into_iter().filter(is_compared).collect();
    assert!(providers.len() > 3, "the previous version knows {} accounts", providers.len());
    let accounts: String =
        providers.iter().map(|provider| format!("\n{}", provider.configuration())).collect();
    let lines = format!("{LAME_DUCK}\n{}{accounts}", on_database(postgres.url()));
    let mut services = [
        Service::start_version(&previous, Addresses::reserved(), &lines).await,
        Service::start_version(&previous, Addresses::reserved(), &lines).await,
    ];
    let before = migrations(&postgres).await;
    let balancer = Balancer::haproxy([&services[0], &services[1]]).await;
    let senders = Senders::start(&Load {
        providers,
        places: vec![balancer.place()],
        senders: SENDERS,
        pace: Pace::Scenarios { rest: Duration::from_millis(5) },
        seed: fastrand::u64(..),
    });
    works(&senders).await;

    let mut report = Vec::new();
    for (what, program) in
        [("upgrade", &new), ("rollback of the binaries", &previous), ("upgrade again", &new)]
    {
        let began = Instant::now();
        let acknowledged = senders.ledger.acknowledged();
        for (service, name) in services.iter_mut().zip(["one", "two"]) {
            instance::end(service).await;
            service.change_version(program);
            service.start_again().await;
            eventually("the balancer to notice", async || balancer.is_up(name).await).await;
            // After the first of the two, both versions are at work.
            works(&senders).await;
        }
        let there = migrations(&postgres).await;
        report.push(format!(
            "{what}: {} s, {} acknowledged meanwhile, schema at {there}",
            began.elapsed().as_secs(),
            senders.ledger.acknowledged() - acknowledged,
        ));
        assert!(there > before, "the new version migrated nothing");
    }
    let trouble = balancer.trouble().await;
    let entries = senders.finish().await;
    let content = postgres.content();
    let tally = load::settle(&entries, &content, report.join("; ")).await;
    assert_eq!(tally.refused(), 0);
    assert!(trouble.is_empty(), "{trouble:?}");

    // What the previous version wrote on the new schema is completed, and says what the tables say.
    let incomplete = "refund_inbox.history_to_complete";
    eventually("the history to be complete", async || content.count(incomplete).await == 0).await;
    let differing = "refunds_v1.refunds as refund
        join refunds_v1.refund_history as history on history.seq = refund.last_seq
        where (history.status, history.conflicting, history.amount_minor, history.event_count)
            is distinct from
            (refund.status, refund.conflicting, refund.amount_minor, refund.event_count)";
    assert_eq!(content.count(differing).await, 0);
    let events = "refunds_v1.refund_events where recorded_at is null";
    assert_eq!(content.count(events).await, 0);
}

/// Returns whether a version accepts the account of this provider.
fn is_known(program: &Path, provider: &Arc<ProviderSim>) -> bool {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("c.toml"), provider.configuration()).unwrap();
    let mut command = program::command_of(program, directory.path());
    command.args(["--config", "c.toml", "check-config"]);
    command.output().unwrap().status.success()
}

/// Waits until there was load for a while.
async fn works(senders: &Senders) {
    let enough = senders.ledger.acknowledged() + LOAD;
    eventually("load", async || senders.ledger.acknowledged() >= enough).await;
}

/// Returns the number of the newest migration.
async fn migrations(postgres: &Postgres) -> i64 {
    let newest = "select max(version) as version from refund_inbox.schema_migrations";
    postgres.content().row(newest).await["version"].as_i64().unwrap()
}
