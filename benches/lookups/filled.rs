//! A database with many rows. It is durable and has PostgreSQL's defaults, as in production.

use std::time::Instant;

use private_postgres::{Durability, Tuning};
use refund_inbox::clock::Clock;
use testing::many;
use testing::postgres::{Postgres, store};
use testing::scratch;
use time::Duration;

use crate::options::Options;

/// For how many days before today rows are stored.
const DAYS: i64 = 90;

/// Starts the server on a database with this many refunds. Fills it, unless it was filled before.
pub(crate) async fn start(options: &Options) -> Postgres {
    let directory = options.keep.clone().unwrap_or_else(|| scratch::unused("lookups"));
    let directory = std::path::absolute(directory).unwrap();
    let postgres = Postgres::start_tuned(directory, Durability::Durable, Tuning::Defaults).await;
    let postgres = if options.keep.is_some() { postgres.kept() } else { postgres };
    let is_migrated = "pg_class where oid = to_regclass('refund_inbox.refunds')";
    if postgres.content().count(is_migrated).await == 0 {
        fill(&postgres, options.refunds).await;
    } else {
        migrate(&postgres).await;
    }
    postgres
}

async fn fill(postgres: &Postgres, refunds: u32) {
    let began = Instant::now();
    migrate(postgres).await;
    let now = Clock::System.now();
    // A service that ran all the time would have made the partitions of these months.
    let first = (now - Duration::days(DAYS + 1)).date();
    let months = DAYS / 28 + 1;
    let create = format!("select refund_inbox.create_delivery_partitions('{first}', {months})");
    postgres.run(&create).await;
    let content = postgres.content();
    many::write_until(&content, refunds, now).await;
    content.execute("vacuum analyze").await;
    content.execute("checkpoint").await;
    println!("filled in {:.0?}", began.elapsed());
}

async fn migrate(postgres: &Postgres) {
    let store = store(postgres.url());
    store.migrate(Clock::System.now().date()).await.unwrap();
    store.close(std::time::Duration::from_secs(10)).await;
}
