//! Compares the service with what many clients insert, one row and one commit at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use tokio::task::JoinSet;

use super::bench::Bench;
use crate::bare::Bare;
use crate::database::Database;
use crate::report;
use crate::rows::Rows;

/// The dialects that have a goal: one is signed with a hash, one with RSA.
const DIALECTS: [&str; 2] = ["eftpay", "wechatpay v3"];

/// The clients of both.
const CLIENTS: usize = 64;

/// The most rows that are inserted.
const MOST: usize = 40_000;

/// The rate that no run is expected to exceed, in requests a second.
const A_SECOND: f64 = 20_000.0;

pub(super) async fn inserts(bench: &mut Bench) {
    report::section("Many clients, and as many that insert one row at a time");
    for place in 0..bench.dialects.len() {
        let name = bench.dialects[place].name;
        if !DIALECTS.contains(&name) {
            continue;
        }
        let count = (bench.options.seconds * A_SECOND) as usize + 1024;
        bench.dialects[place].prepare(count);
        let mut database = bench.postgres.fresh().await;
        let trial = bench.trial(name, CLIENTS);
        let run = bench.measure_on(&mut database, Some(place), &trial).await;
        let rows = Rows::take(&mut database).await;
        let bare = Bare::prepare(&rows, &mut database.connection, MOST).await;
        database.settle().await;
        let rate = insert(&database, Arc::new(bare), bench.options.longest()).await;
        bench.postgres.remove(database).await;
        let ratio = run.rate / rate;
        report::remark(&format!("bare inserts {rate:.0} a second; service / inserts {ratio:.2}"));
        match name {
            "eftpay" => bench.figures.over_inserts_hash = Some(ratio),
            _ => bench.figures.over_inserts_rsa = Some(ratio),
        }
    }
}

/// Inserts the rows over all connections. Returns the rows a second.
async fn insert(database: &Database, bare: Arc<Bare>, longest: Duration) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let mut sessions = Vec::new();
    for _ in 0..CLIENTS {
        sessions.push(PgConnection::connect(&database.url).await.unwrap());
    }
    let (began, mut clients) = (Instant::now(), JoinSet::new());
    for mut session in sessions {
        let (bare, next) = (Arc::clone(&bare), Arc::clone(&next));
        clients.spawn(async move {
            while began.elapsed() < longest {
                let row = next.fetch_add(1, Ordering::Relaxed);
                if row >= bare.rows[0].len() {
                    break;
                }
                bare.insert(0, row).execute(&mut session).await.unwrap();
            }
        });
    }
    clients.join_all().await;
    next.load(Ordering::Relaxed).min(bare.rows[0].len()) as f64 / began.elapsed().as_secs_f64()
}
