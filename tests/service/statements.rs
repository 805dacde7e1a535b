//! The plan of every statement of the service, on an empty, a small and a large database.
//!
//! A plan is made once for each connection and may be older than the rows that it reads. So one store
//! keeps the plans that it made while the database was empty, and in each stage another one makes new
//! plans.
//!
//! The limits are properties of plans: no compilation, no scan of a whole table that grows, no node
//! that the planner avoids (a cost above 10^9), few blocks. They do not depend on the machine. The
//! limit of time is only for the fastest execution of a stage, and it is many times the usual time.

mod plan;
mod work;

use std::collections::BTreeSet;
use std::fs;

use private_postgres::Durability;
use refund_inbox::store::{ConnectSettings, Store};
use testing::database::Database;
use testing::explained::Explained;
use testing::model;
use testing::notifications::eftpay;
use testing::postgres::{Postgres, store};
use testing::scratch;
use testing::statements::{Cost, STATEMENTS, Statement, Text};
use testing::waiting::PATIENCE;

use plan::problems;

/// What has happened to the database, in order: statements, and the number of refunds to store.
const STAGES: [(&str, &str, u32); 5] = [
    ("new", "", 0),
    ("empty and analyzed", "vacuum analyze", 0),
    ("small", "vacuum analyze", 100),
    ("large and not analyzed yet", "", 50_000),
    ("large", "vacuum analyze", 0),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_is_cheap_on_a_database_of_any_size() {
    let directory = scratch::unused("explained");
    let postgres = Postgres::start_migrated_in(directory, Durability::Relaxed).await;
    postgres.explain_all().await;
    let database = postgres.content();
    // The store also checks the servers of such a URL.
    let url = format!("{}&target_session_attrs=read-write", postgres.url());
    let with_old_plans = store(&url);
    let (mut breaches, mut seen, mut end) = (Vec::new(), BTreeSet::new(), 0);
    for (round, (stage, statements, refunds)) in (1..).zip(STAGES) {
        fill(&database, refunds).await;
        for statement in statements.split_inclusive(';') {
            database.execute(statement).await;
        }
        (_, end) = postgres.explained_since(end);
        let with_new_plans: Store = store(&url);
        work::all(&with_old_plans, &database, 2 * round).await;
        work::all(&with_new_plans, &database, 2 * round + 1).await;
        let explained;
        (explained, end) = postgres.explained_since(end);
        let ours: Vec<Explained> =
            explained.into_iter().filter(|one| one.program == "refund-inbox").collect();
        assert!(ours.len() > STATEMENTS.len(), "only {} statements were explained", ours.len());
        breaches.extend(check(stage, &ours, &mut seen));
    }
    let planned = (0..STATEMENTS.len())
        .filter(|place| !matches!(STATEMENTS[*place].cost, Cost::NoPlan) && !seen.contains(place));
    breaches.extend(planned.map(|place| format!("never ran: {:?}", STATEMENTS[place].text)));
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[tokio::test]
async fn a_new_refund_takes_one_statement_and_a_repeat_takes_two() {
    let directory = scratch::unused("round-trips");
    let postgres = Postgres::start_migrated_in(directory, Durability::Relaxed).await;
    postgres.explain_all().await;
    // With one connection, no other is opened in between.
    let store = Store::new(&ConnectSettings {
        url: postgres.url().to_owned(),
        max_connections: 1,
        acquire_timeout: PATIENCE,
        statement_timeout: PATIENCE,
    })
    .unwrap();
    let mut end = 0;
    // The first group also opens the connection. After repeats the first new refund is looked up.
    let sent = ["R1", "R2", "R2", "R2", "R3", "R4"];
    for (refund, statements) in sent.iter().zip([None, Some(1), Some(2), Some(2), Some(2), Some(1)])
    {
        let record = model::record(&model::account(), &eftpay(refund, &[]));
        store.record(&[&record]).await.unwrap();
        let executed;
        (executed, end) = postgres.explained_since(end);
        let executed: Vec<&str> = executed
            .iter()
            .filter(|one| one.program == "refund-inbox")
            .map(|one| one.text.as_str())
            // What sqlx asks about types.
            .filter(|text| text.contains("refund_inbox."))
            .collect();
        let is_expected = statements.is_none_or(|expected| expected == executed.len());
        assert!(is_expected, "{refund}: {executed:#?}");
    }
}

/// Returns the problems of these executions. Notes the places of the statements in `seen`.
fn check(stage: &str, explained: &[Explained], seen: &mut BTreeSet<usize>) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut fastest: Vec<Option<f64>> = vec![None; STATEMENTS.len()];
    for one in explained {
        let place = STATEMENTS.iter().position(|statement| statement.is(&one.text, file));
        // A statement without a place is one of a function of ours, or one of sqlx.
        let cost = place.map(|place| STATEMENTS[place].cost);
        let name = match place {
            Some(place) => format!("{:?}", STATEMENTS[place].text),
            None => one.text.clone(),
        };
        let found = problems(one, cost);
        breaches.extend(found.into_iter().map(|problem| format!("{stage}: {problem}: {name}")));
        if let Some(place) = place {
            seen.insert(place);
            let before = fastest[place].unwrap_or(f64::MAX);
            fastest[place] = Some(before.min(one.milliseconds));
        }
    }
    for (Statement { text, cost }, fastest) in STATEMENTS.iter().zip(fastest) {
        let (Cost::FewRows(limits) | Cost::WholeTables(_, limits)) = cost else { continue };
        if fastest.is_some_and(|fastest| fastest > limits.milliseconds) {
            breaches.push(format!("{stage}: took {fastest:?} ms: {text:?}"));
        }
    }
    breaches
}

#[test]
fn every_listed_file_exists() {
    for statement in STATEMENTS {
        match statement.text {
            Text::File(path) => assert!(!file(path).is_empty(), "{path}"),
            Text::Begins(begin) => assert!(!begin.contains("  "), "{begin}"),
        }
    }
}

fn file(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

async fn fill(database: &Database, refunds: u32) {
    if refunds > 0 {
        let fill = include_str!("statements/fill.sql");
        database.execute(&fill.replace("{many}", &refunds.to_string())).await;
    }
}
