//! Reports equal a plain model over the rows, now and as of any time.

mod histories;

use std::collections::BTreeMap;

use refund_inbox::store::{ReportQuery, Row, Store};
use refund_providers::refund::RefundStatus;
use serde_json::Value;
use testing::database::Database;
use testing::many;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::program::{command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

type Totals = BTreeMap<String, (i64, i64)>;

fn time(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

fn key(row: &Row, more: &str) -> String {
    let columns = ["provider", "account", "currency", "status"];
    let values = columns.map(|column| row.plain(column).unwrap_or_default());
    format!("{} {more}", values.join(" "))
}

/// Returns the rows of a report by their keys.
fn found(rows: &[Row], more: &str) -> Totals {
    let total = |row: &Row| {
        let totals =
            (row.integer("count").unwrap(), row.integer("amount_minor").unwrap_or_default());
        (key(row, row.text(more)), totals)
    };
    let all: Totals = rows.iter().map(total).collect();
    assert_eq!(all.len(), rows.len(), "one row for each key");
    all
}

fn add<'a>(rows: impl Iterator<Item = &'a Row>, more: impl Fn(&Row) -> String) -> Totals {
    let mut totals = Totals::new();
    for row in rows {
        let total = totals.entry(key(row, &more(row))).or_default();
        total.0 += 1;
        total.1 += row.integer("amount_minor").unwrap_or_default();
    }
    totals
}

fn age(row: &Row, at: OffsetDateTime) -> String {
    let days = (at - time(row.text("first_received_at"))).whole_seconds() / 86_400;
    let word = match days {
        30.. => "30+ days",
        7.. => "7-30 days",
        3.. => "3-7 days",
        1.. => "1-3 days",
        _ => "0-1 days",
    };
    word.to_owned()
}

async fn rows(database: &Database, from: &str) -> Vec<Row> {
    database.rows(&format!("select * from {from}")).await.into_iter().map(Row).collect()
}

async fn check(store: &Store, query: &ReportQuery, known: &[Row], at: OffsetDateTime) {
    let is_selected = |row: &&Row| {
        let received = time(row.text("first_received_at"));
        query.since.is_none_or(|since| received >= since)
            && query.until.is_none_or(|until| received < until)
            && query.account.as_ref().is_none_or(|account| row.text("account") == account)
    };
    let selected: Vec<&Row> = known.iter().filter(is_selected).collect();
    let totals = store.totals(query).await.unwrap();
    let expected = add(selected.iter().copied(), |_| String::new());
    assert_eq!(found(&totals, "none"), expected, "{query:?}");
    let is_open = |row: &&Row| !RefundStatus::from_word(row.text("status")).unwrap().is_final();
    let ageing = store.ageing(query, at).await.unwrap();
    let expected = add(selected.into_iter().filter(is_open), |row| age(row, at));
    assert_eq!(found(&ageing, "age"), expected, "{query:?}");
}

#[tokio::test]
async fn totals_and_ageing_equal_the_model_now_and_as_of_any_time() {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, 400).await;
    let store = store_of(&database);
    let now = datetime!(2026-11-22 12:00 UTC);
    let current = rows(&database, "refunds_v1.refunds").await;
    check(&store, &ReportQuery::default(), &current, now).await;
    let october = ReportQuery {
        since: Some(datetime!(2026-10-01 00:00 UTC)),
        until: Some(datetime!(2026-11-01 00:00 UTC)),
        account: Some("hk".to_owned()),
        ..ReportQuery::default()
    };
    check(&store, &october, &current, now).await;
    let points = "select distinct recorded_at from refunds_v1.refund_events";
    let points = database.rows(points).await;
    for point in points.iter().step_by(40) {
        let at = point["recorded_at"].as_str().unwrap();
        let known = rows(&database, &format!("refunds_v1.refunds_as_of('{at}')")).await;
        for query in [&ReportQuery::default(), &october] {
            let as_of = ReportQuery { as_of: Some(time(at)), ..query.clone() };
            check(&store, &as_of, &known, time(at)).await;
        }
    }
}

async fn record_one(store: &Store, refund: &str, word: &str) {
    let body = eftpay(refund, &[("trade_status", word.into())]);
    store.record(&[&record(&account(), &body)]).await.unwrap();
}

#[tokio::test]
async fn changed_lists_what_differs_from_what_was_known_before_and_after() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    let store = store_of(&database);
    for (refund, word) in [("R1", "TRADE_PROCESSING"), ("R2", "TRADE_REFUND"), ("R3", "TRADE_FAIL")]
    {
        record_one(&store, refund, word).await;
    }
    let newest = "select max(recorded_at) as at from refunds_v1.refund_events";
    let closed = database.row(newest).await["at"].as_str().unwrap().to_owned();
    record_one(&store, "R1", "TRADE_REFUND").await;
    record_one(&store, "R2", "TRADE_REFUND").await;
    record_one(&store, "R4", "TRADE_REFUND").await;

    let directory = open_directory();
    let configuration = format!("{}{ACCOUNTS}", on_database(&url));
    std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
    let run = async |line: &str| {
        let mut command = command(directory.path());
        command.args(["--config", "c.toml"]).args(line.split(' ')).env("COLUMNS", "140");
        run_command(command).await
    };
    let changed = run(&format!("reports changed --as-of {closed} --json")).await;
    assert_eq!(changed.status, 0, "{}", changed.err);
    let changed: Vec<Value> =
        changed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen = |row: &Value| {
        let text = |column: &str| row[column].as_str().unwrap_or("none").to_owned();
        (text("merchant_refund_id"), text("status_before"), text("status"))
    };
    let expected = [("R1", "pending", "succeeded"), ("R4", "none", "succeeded")];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(changed.iter().map(seen).collect::<Vec<_>>(), expected);
    let outside = run(&format!("reports changed --as-of {closed} --until 2026-01-01 --json")).await;
    assert_eq!(outside.out, "");
    let missing = run("reports changed").await;
    assert_eq!((missing.status, missing.err.contains("--as-of: expected")), (2, true));

    let csv = run("reports totals --csv").await;
    let lines: Vec<&str> = csv.out.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
    assert_eq!(
        lines[0],
        "provider,account,currency,status,count,amount_minor,amount,currency_exponent"
    );
    assert_eq!(lines[1], "eftpay,hk,HKD,failed,1,8850,88.50,2");
    assert_eq!(lines[2], "eftpay,hk,HKD,succeeded,3,26550,265.50,2");
    let table = run("reports totals").await;
    testing::golden::check("reports/totals-140.txt", &table.out);
    let refunds = run("refunds list --as-of 2026-01-01 --json").await;
    assert_eq!((refunds.status, refunds.out.as_str()), (0, ""));
}
