//! Lists and reports as of every moment of random histories equal what a model says of the rows as
//! they were at that moment.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use refund_inbox::store::{ListQuery, Listed, ReportQuery, Row, Sort, Store};
use testing::database::Database;
use testing::postgres::{self, store_of};
use time::OffsetDateTime;

use super::{check, rows, time};
use crate::history::{NOT_IN_EVENTS, histories, made};

/// A moment, and the refunds as they were.
type Moment = (OffsetDateTime, Vec<Row>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_reports_as_of_every_moment_of_a_history_equal_the_model() {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(ProptestConfig::with_cases(8));
        runner
            .run(&histories(), |history| {
                handle.block_on(check_history(history));
                Ok(())
            })
            .unwrap();
    })
    .await
    .unwrap();
}

async fn check_history(history: Vec<Vec<(u8, u32)>>) {
    let database = Database::new(&postgres::shared().database().await);
    let store = store_of(&database);
    let mut moments: Vec<Moment> = Vec::new();
    for group in history {
        let group: Vec<_> = group.iter().map(|(refund, choice)| made(*refund, *choice)).collect();
        store.record(&group.iter().collect::<Vec<_>>()).await.unwrap();
        let newest = "select max(recorded_at) as at from refunds_v1.refund_events";
        let at = time(database.row(newest).await["at"].as_str().unwrap());
        // A group of repeats has no event: the newest state of this time is the last.
        moments.retain(|(earlier, _)| *earlier != at);
        moments.push((at, rows(&database, "refunds_v1.refunds order by refund_id").await));
    }
    let (_, now) = moments.last().unwrap();
    for (at, then) in &moments {
        let query = ReportQuery { as_of: Some(*at), ..ReportQuery::default() };
        check(&store, &query, then, *at).await;
        assert_eq!(listed(&store, *at).await, without_repeats(then), "as of {at}");
        let changed = store.changed(&ReportQuery::default(), *at).await.unwrap();
        assert_eq!(reported(&changed), differing(then, now), "since {at}");
    }
}

/// Returns the refunds of the list as of a time, in the order of their ids.
async fn listed(store: &Store, at: OffsetDateTime) -> Vec<Row> {
    let sort = Sort::from_word(Listed::Refunds, "refund_id").unwrap();
    let query = ListQuery { sort, as_of: Some(at), ..ListQuery::newest(Listed::Refunds, 1000) };
    without_repeats(&store.list(&query).await.unwrap().rows)
}

/// Returns rows without what repeats and resolutions change without an event.
fn without_repeats(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for Row(columns) in &mut rows {
        for column in NOT_IN_EVENTS {
            columns.remove(column);
        }
    }
    rows
}

/// The status, amount and currency of a refund, before and after.
type Change = [[String; 3]; 2];

/// What a report of changes may show.
const CHANGING: [&str; 3] = ["status", "amount_minor", "currency"];

fn values(row: Option<&Row>, suffix: &str) -> [String; 3] {
    CHANGING.map(|column| {
        row.and_then(|row| row.plain(&format!("{column}{suffix}"))).unwrap_or_default()
    })
}

fn reported(rows: &[Row]) -> BTreeMap<String, Change> {
    let change = |row: &Row| [values(Some(row), "_before"), values(Some(row), "")];
    rows.iter().map(|row| (row.text("merchant_refund_id").to_owned(), change(row))).collect()
}

/// Returns the refunds that differ between two moments.
fn differing(then: &[Row], now: &[Row]) -> BTreeMap<String, Change> {
    let changes = now.iter().map(|row| {
        let number = row.text("merchant_refund_id");
        let before = then.iter().find(|before| before.text("merchant_refund_id") == number);
        (number.to_owned(), [values(before, ""), values(Some(row), "")])
    });
    changes.filter(|(_, [before, after])| before != after).collect()
}
