//! Measures the same load with more and more refunds stored. These are written in bulk into the
//! same tables as in production, as variations of what the service itself has recorded.

use std::time::Instant;

use refund_inbox::clock::Clock;

use super::bench::Bench;
use crate::database::Database;
use crate::options::Numbers;
use crate::report;
use crate::rows::{TABLES, columns, number};
use crate::run::Trial;

/// The number of rows in one statement.
const AT_ONCE: i64 = 100_000;

pub(super) async fn growth(bench: &mut Bench) {
    let mut stored = bench.options.stored.clone();
    stored.sort_by(f64::total_cmp);
    // The first run, with none stored, leaves the rows to vary.
    stored.retain(|millions| *millions > 0.0);
    stored.insert(0, 0.0);
    bench.prepare_mix(stored.len());
    report::section("The mix, with refunds stored already");
    let mut database = bench.postgres.fresh().await;
    let mut rates = Vec::new();
    for (place, millions) in stored.iter().enumerate() {
        if *millions > 0.0 {
            let is_sequential = bench.options.numbers == Numbers::Sequential;
            fill(&mut database, (millions * 1_000_000.0) as i64, is_sequential).await;
        }
        let share = bench.share_of_a_run();
        let window = place * share..(place + 1) * share;
        let trial = bench.trial(format!("{millions} million stored"), 256);
        rates.push(bench.measure_on(&mut database, None, &Trial { window, ..trial }).await.rate);
        if place == 0 && stored.len() > 1 {
            database.run_each(include_str!("growth.sql")).await;
        }
    }
    if let ([none, .., most], Some(millions)) = (&rates[..], stored.last()) {
        bench.figures.growth = Some((*millions, most / none));
    }
    bench.postgres.remove(database).await;
}

/// Stores refunds up to this count.
async fn fill(database: &mut Database, wanted: i64, is_sequential: bool) {
    let began = Instant::now();
    let there = "select count(*) from refund_inbox.refunds";
    let there = number(&mut database.connection, there).await;
    let sample = "select count(*) from load.refund_events";
    let sample = number(&mut database.connection, sample).await;
    let seq = "select last_value from refund_inbox.refund_events_seq";
    let seq = number(&mut database.connection, seq).await - there + 1;
    let until = Clock::System.now();
    let columns = columns(&mut database.connection).await;
    let mut first = there;
    while first < wanted {
        let last = (first + AT_ONCE).min(wanted) - 1;
        for (name, columns) in TABLES.iter().zip(&columns) {
            let mut names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            if *name == "refund_events" {
                names.push("seq");
            }
            let values: Vec<String> = names.iter().map(|name| variation(name, seq)).collect();
            let insert = format!(
                "insert into refund_inbox.{name} ({}) \
                 select {} from load.variations({first}, {last}, {there}, {wanted}, '{until}', {is_sequential}) as made \
                 join load.{name} as sample on sample.place = made.number % {sample}",
                names.join(", "),
                values.join(", ")
            );
            database.run(&insert).await;
        }
        first = last + 1;
    }
    let seq = format!("select setval('refund_inbox.refund_events_seq', {})", wanted + seq);
    database.run(&seq).await;
    for table in TABLES {
        database.run(&format!("vacuum (analyze) refund_inbox.{table}")).await;
    }
    database.settle().await;
    let size = "select pg_database_size(current_database()) >> 20";
    let size = number(&mut database.connection, size).await;
    report::remark(&format!("{wanted} stored after {:.0?}, {size} MiB", began.elapsed()));
}

/// Returns the expression of this column of a variation.
fn variation(column: &str, seq: i64) -> String {
    match column {
        "delivery_id" | "refund_id" | "event_id" => format!("made.{column}"),
        "event_ids" => "array[made.event_id]".to_owned(),
        "seq" | "last_seq" => format!("made.number + {seq}"),
        "received_at" | "first_received_at" | "last_received_at" | "updated_at" => "made.at".into(),
        "refund_key"
        | "merchant_refund_id"
        | "provider_refund_id"
        | "merchant_order_id"
        | "provider_payment_id"
        | "cumulative_within" => {
            format!("replace(sample.{column}, sample.serial, made.serial)")
        }
        other => format!("sample.{other}"),
    }
}
